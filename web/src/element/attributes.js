// Properties that reflect attributes, as those of HTML's own elements do.

import { FAMILIES, familyOf } from "../file-types.js";

/** Boolean attributes. */
export const BOOLEANS = ["camera", "compact", "disabled", "remember", "required", "review", "shrink-photos", "voice", "whole-page"];
/** Attributes with numbers. */
export const NUMBERS = ["max-files", ...FAMILIES.map((family) => `max-${family}-bytes`)];
const STRINGS = ["area", "endpoint", "name", "token-url"];
export const ATTRIBUTES = [...BOOLEANS, ...NUMBERS, ...STRINGS, "headers", "lang", "types"];

const propertyOf = (attribute) => attribute.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());

/** Defines a property for each attribute. */
export function reflect(prototype) {
  const define = (names, get, set) => {
    for (const name of names) {
      Object.defineProperty(prototype, propertyOf(name), {
        enumerable: true,
        get() { return get(this, name); },
        set(value) { set(this, name, value); },
      });
    }
  };
  const setText = (element, name, value) =>
    value == null ? element.removeAttribute(name) : element.setAttribute(name, value);
  define(BOOLEANS, (element, name) => element.hasAttribute(name), (element, name, value) => element.toggleAttribute(name, !!value && value !== "false"));
  define(NUMBERS, numberOf, setText);
  define(STRINGS, (element, name) => element.getAttribute(name) ?? "", setText);
}

/** The whole positive number in an attribute, if there is one. */
export function numberOf(element, name) {
  const text = element.getAttribute(name);
  return /^[1-9]\d*$/.test(text?.trim()) ? +text : undefined;
}

/** Whether an attribute has a value that is ignored. */
export const hasMistakes = (element) =>
  NUMBERS.some((name) => element.getAttribute(name) && !numberOf(element, name))
  || typesOf(element)?.some((type) => !familyOf(type));

/** The words in `types`. */
export const typesOf = (element) => element.getAttribute("types")?.toLowerCase().match(/[^\s,]+/g) ?? undefined;

/** Applies what a page has set before the element was defined: such a property hides the accessor. */
export function upgrade(element, prototype) {
  for (const name of Object.keys(element)) {
    if (!(name in prototype)) continue;
    const value = element[name];
    delete element[name];
    element[name] = value;
  }
}
