// Checks the syntax and the form of Terraform files by HashiCorp's own parser, compiled to WebAssembly.
//
//     NODE_PATH=... node .ci/check_hcl.cjs FILE...

const fs = require("node:fs");
const { format } = require("@cdktn/hcl-tools");
const { parse } = require("@cdktn/hcl2json");

async function main(files) {
  for (const file of files) {
    const text = fs.readFileSync(file, "utf8");
    await parse(file, text);
    if ((await format(text)) !== text) {
      throw new Error(`${file} is not in the form of terraform fmt`);
    }
  }
  console.log(`${files.length} files are sound and in form`);
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error.message ?? error);
  process.exit(1);
});
