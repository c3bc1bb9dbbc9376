/* What every part of the page uses. Text from the data enters the page by textContent only. */
const overflight = {};
(() => {
  "use strict";
  // What has no look of its own, or turns the letters after it around, is shown by its number, and what has no end is cut;
  // maps/texts.py does the same. The data keep it all.
  const UNSEEN = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]/gu;
  const LETTERS = 2000, NOTE_LETTERS = 20000;
  const numbered = (letter) => {
    const number = letter.charCodeAt(0), wide = number > 0xff;
    return (wide ? "\\u" : "\\x") + number.toString(16).padStart(wide ? 4 : 2, "0");
  };
  const visible = (text, most) => {
    const shown = text.replace(UNSEEN, numbered);
    return shown.length > most ? shown.slice(0, most - 1) + "…" : shown;
  };

  // For texts that are shown; what is sent back must stay as it came.
  overflight.parse = (text) => JSON.parse(text, (key, value) => typeof value === "string" ? visible(value, key === "note" ? NOTE_LETTERS : LETTERS) : value);
  overflight.readScene = () => overflight.parse(document.getElementById("of-data").textContent);

  // The map's own words, of the scene; what stands in braces is filled in, and not looked at again.
  overflight.words = {};
  overflight.say = (key, values = {}) => {
    const text = Object.hasOwn(overflight.words, key) ? overflight.words[key] : "";
    return text.replace(/\{(\w+)\}/g, (whole, name) => Object.hasOwn(values, name) ? String(values[name]) : whole);
  };
  overflight.sayAll = () => document.querySelectorAll("[data-say]").forEach((one) => {
    const said = overflight.say(one.dataset.say);
    if (said) one.textContent = said;
  });

  overflight.byId = (name) => document.getElementById(name);

  overflight.make = (tag, className, text) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  };

  overflight.svg = (tag, attributes, ...children) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    Object.entries(attributes || {}).forEach(([name, value]) => element.setAttribute(name, value));
    element.append(...children);
    return element;
  };

  // A text whose addresses of the web can be followed; those of no other kind.
  overflight.linked = (text) => {
    const parts = document.createDocumentFragment();
    let last = 0;
    for (const found of text.matchAll(/https?:\/\/[^\s<>"'`{}|\\^[\]]+/g)) {
      const address = found[0].replace(/[.,;:!?)]+$/, "");
      if (!URL.canParse(address) || !["http:", "https:"].includes(new URL(address).protocol)) continue;
      const link = overflight.make("a", "", address);
      link.href = address;
      link.rel = "noopener noreferrer";
      link.target = "_blank";
      parts.append(text.slice(last, found.index), link);
      last = found.index + address.length;
    }
    parts.append(text.slice(last));
    return parts;
  };

  overflight.tip = (lines) => {
    const box = overflight.make("div", "of-tip");
    lines.forEach((line, at) => {
      const part = overflight.make(at ? "span" : "b");
      part.append(at ? overflight.linked(line) : line);
      box.append(part);
    });
    return box;
  };

  // Whole thousandths of a degree, each point but the first as the step from the one before.
  overflight.decode = (flat) => {
    const points = [];
    let lon = 0, lat = 0;
    for (let at = 0; at < flat.length; at += 2) {
      lon += flat[at];
      lat += flat[at + 1];
      points.push([lat / 1000, lon / 1000]);
    }
    return points;
  };

  // Distances in units of ten metres, each but the first as the step from the one before.
  overflight.decodeKm = (steps) => {
    let sum = 0;
    return steps.map((step) => { sum += step; return sum / 100; });
  };

  overflight.listed = (names) => names.length > 1
    ? overflight.say("and", { most: names.slice(0, -1).join(", "), last: names[names.length - 1] }) : names.join("");
  overflight.latlng = (at) => [at[1], at[0]];
  const LANG = document.documentElement.lang || "en";
  overflight.number = (value) => Math.round(value).toLocaleString(LANG + "-u-nu-latn");

  // 1, 2 or 5 times a power of ten, the next one up.
  overflight.roundStep = (least) => {
    const power = Math.pow(10, Math.floor(Math.log10(least)));
    return power * [1, 2, 5, 10].find((times) => times * power >= least * 0.999);
  };

  // Says what a shape is: beside the pointer, and in a popup where it is tapped.
  overflight.hovers = !window.matchMedia("(hover: none)").matches;
  overflight.tell = (layer, lines, options = {}) => {
    const content = () => overflight.tip(lines());
    if (overflight.hovers) layer.bindTooltip(content, options.tooltip || { sticky: true });
    if (!overflight.hovers || options.click) {
      layer.bindPopup(content, { maxWidth: 260, autoPanPadding: [16, 16] });
      layer.on("popupopen", () => layer.closeTooltip());
    }
    return layer;
  };

  // folium's popups make their content by jQuery's $(html)[0] and nothing else.
  if (!window.$) {
    window.$ = (what) => {
      if (typeof what !== "string") return { ready: (then) => then() };
      const holder = document.createElement("template");
      holder.innerHTML = what.trim();
      return [holder.content.firstChild];
    };
  }
})();
