import vue from "@vitejs/plugin-vue";

const isCustomElement = (tag) => tag === "upload-file-stream";

export default { plugins: [vue({ template: { compilerOptions: { isCustomElement } } })] };
