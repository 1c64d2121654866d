// Checks the syntax and format of Terraform files with HashiCorp's own parser, compiled to WebAssembly.
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
      throw new Error(`${file} is not formatted as by terraform fmt`);
    }
  }
  console.log(`${files.length} files are valid and formatted`);
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error.message ?? error);
  process.exit(1);
});
