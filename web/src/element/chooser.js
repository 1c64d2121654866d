// The file chooser.

import { acceptOf } from "../file-types.js";
import { fill, formatTypes, formatSize } from "../language.js";
import { limitOf } from "../precheck.js";
import { fileInput, h, icon } from "./dom.js";

/** The drop zone, which becomes a row when there are files. */
export class Chooser {
  input = fileInput("input", { multiple: true }, (files) => this.#add(files));
  #choose = h("span", { part: "choose" });
  #ways = h("span", { part: "ways" });
  #limits = h("span", { part: "limits" });
  #add;
  #labels;

  constructor(add) {
    this.#add = add;
    this.element = h("div", { class: "chooser" },
      h("label", { part: "drop" }, this.input,
        h("span", { part: "plus" }, icon("upload"), icon("plus")), this.#choose, this.#ways, this.#limits));
  }

  focus() {
    this.input.focus();
  }

  render(messages, { types, limits, shrinkPhotos, conversions = [], isDisabled }) {
    const { labels } = messages;
    this.#labels = labels;
    this.input.accept = acceptOf(types, { shrinkPhotos, conversions });
    this.#ways.textContent = labels.drop;
    this.#limits.textContent = limitLines(types, limits, conversions, messages).join("\n");
    this.input.disabled = isDisabled;
  }

  /** Labels the button "Add files" if the list is not empty. */
  showMore(isFilled) {
    this.#choose.textContent = this.#labels?.[isFilled ? "add" : "choose"];
  }
}

/** One line for all types with the same limit. Formats that the gateway converts follow their target. */
function limitLines(types, limits, conversions, messages) {
  return [...Map.groupBy(types, (type) => limitOf(type, limits))].map(([limit, types]) => {
    const formats = types.flatMap((type) => [type, ...conversions.filter(({ fileType }) => fileType === type).map(({ from }) => from)]);
    const size = formatSize(limit, messages, Math.floor);
    return fill(messages.labels.limit, { types: formatTypes(formats, messages), size }, messages);
  });
}
