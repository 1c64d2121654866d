// Notes the conversions that the gateway reports, and cuts the network on request.

const GATEWAY = /^\/(apiaccess|chat)\//;

let isOffline = false;
const running = new Set();
const conversions = new Map();

/** The format from which the gateway converted a stored file, or undefined. */
export const convertedFrom = (objectKey) => conversions.get(objectKey);

const isToGateway = (url) => GATEWAY.test(new URL(url, location.href).pathname);

const { open, send } = XMLHttpRequest.prototype;
XMLHttpRequest.prototype.open = function (method, url, ...rest) {
  if (isToGateway(url)) {
    running.add(this);
    this.addEventListener("loadend", () => {
      running.delete(this);
      note(this);
    });
  }
  return open.call(this, method, url, ...rest);
};
XMLHttpRequest.prototype.send = function (body) {
  if (isOffline && running.has(this)) {
    setTimeout(() => {
      for (const type of ["error", "loadend"]) this.dispatchEvent(new ProgressEvent(type));
    });
  } else send.call(this, body);
};

function note(xhr) {
  const from = xhr.status === 200 && xhr.getResponseHeader("x-converted-from");
  if (from) conversions.set(JSON.parse(xhr.responseText).objectKey, from);
}

const { fetch } = window;
window.fetch = (resource, options) => {
  if (isOffline && isToGateway(resource.url ?? resource)) return Promise.reject(new TypeError("the network is switched off"));
  return fetch(resource, options);
};

/** Cuts or restores the customer's connection to the gateway, as far as this page's scripts can see. */
export function setOffline(value) {
  isOffline = value;
  if (value) for (const xhr of running) xhr.abort();
  Object.defineProperty(navigator, "onLine", { configurable: true, value: !value });
  dispatchEvent(new Event(value ? "offline" : "online"));
}
