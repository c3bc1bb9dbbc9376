/* What a reader takes along: the sentence, a paragraph, addresses, the routes and their crossings, the picture, the page. */
(() => {
  "use strict";
  const { byId, decode, make, say } = overflight;
  // As it came: what follows changes it.
  const source = "<!DOCTYPE html>\n" + document.documentElement.outerHTML + "\n";
  const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  const escaped = (text) => String(text).replace(/[&<>"']/g, (letter) => ESCAPES[letter]);

  function nameOf(scene, suffix) {
    const words = scene.title.normalize("NFKC").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 60).replace(/^-+|-+$/g, "");
    return (words || "map") + suffix;
  }
  function save(name, kind, text) {
    const link = make("a");
    link.href = URL.createObjectURL(new Blob([text], { type: kind + ";charset=utf-8" }));
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  // A text that a spreadsheet would run begins with an apostrophe; outside/printable.py does the same.
  const RISKY = /^'*\s*(?:[=+\-@|\uff1d\uff0b\uff0d\uff20]|::)/;
  function cell(value) {
    const text = typeof value === "string" && RISKY.test(value) ? "'" + value : String(value);
    return /[",\r\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
  }
  overflight.csvOf = (scene) => [["route", "name", "state", "code", "from_km", "to_km", "km", "standing"]].concat(
    scene.routes.flatMap((route, nth) => route.bands.filter((band) => band.standing !== "sea").map((band) => [
      nth + 1, route.name, band.name, band.code, band.from, band.to, (band.to - band.from).toFixed(2), band.standing])))
    .map((row) => row.map(cell).join(",") + "\r\n").join("");

  // Points as they are drawn, to a thousandth of a degree; longitudes run on past 180 degrees.
  overflight.geojsonOf = (scene) => JSON.stringify({
    type: "FeatureCollection",
    features: scene.routes.map((route, nth) => ({
      type: "Feature",
      properties: { route: nth + 1, name: route.name, label: route.label, km: route.length_km, answer: route.answer, says: route.words },
      geometry: {
        type: "MultiLineString",
        coordinates: route.runs.map((run) => decode(run.at).map(([lat, lon]) => [lon, lat])),
      },
    })),
  }) + "\n";

  const LOOKS = ["fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "stroke-linecap", "stroke-linejoin"];
  const svg = (tag, attributes, text = "") =>
    "<" + tag + Object.entries(attributes).map(([name, value]) => " " + name + '="' + escaped(value) + '"').join("") + ">" + text + "</" + tag + ">";

  // The map as it is seen: its lines and grounds, then what is written on it.
  overflight.svgOf = (scene, container) => {
    const frame = container.getBoundingClientRect(), parts = [];
    const inside = (box) => box.width && box.height && box.right > frame.left && box.left < frame.right && box.bottom > frame.top && box.top < frame.bottom;
    const flat = (number) => Number(number.toFixed(2));
    container.querySelectorAll(".leaflet-pane svg path").forEach((path) => {
      const style = getComputedStyle(path), at = path.getScreenCTM();
      if (!at || !inside(path.getBoundingClientRect()) || style.display === "none" || Number(style.opacity) === 0) return;
      const look = Object.fromEntries(LOOKS.map((name) => [name, style.getPropertyValue(name)]).filter(([, value]) => value && value !== "none 0px"));
      if (look.fill === "none" && (look.stroke === "none" || look.stroke === "rgba(0, 0, 0, 0)")) return;
      parts.push(svg("path", {
        ...look, opacity: style.opacity, d: path.getAttribute("d"),
        transform: "matrix(" + [at.a, at.b, at.c, at.d, flat(at.e - frame.left), flat(at.f - frame.top)].join(" ") + ")",
      }));
    });
    const patterns = [...document.querySelectorAll(".of-defs pattern")].map((pattern) => svg("pattern",
      Object.fromEntries([...pattern.attributes].map((one) => [one.name, one.value])),
      [...pattern.children].map((child) => svg(child.tagName, Object.fromEntries([...[...child.attributes]
        .filter((one) => one.name !== "class").map((one) => [one.name, one.value]), ["fill", getComputedStyle(child).fill], ["stroke", getComputedStyle(child).stroke]]))).join("")));
    container.querySelectorAll(".leaflet-pane .of-badge").forEach((badge) => {
      const box = badge.getBoundingClientRect(), style = getComputedStyle(badge);
      if (!inside(box)) return;
      parts.push(svg("rect", {
        x: flat(box.left - frame.left), y: flat(box.top - frame.top), width: flat(box.width), height: flat(box.height), rx: flat(box.height / 2),
        fill: style.backgroundColor, stroke: style.color,
      }));
    });
    const halo = getComputedStyle(container).getPropertyValue("--halo").trim() || "#fff";
    const walker = document.createTreeWalker(container, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode, owner = node.parentElement, style = getComputedStyle(owner), range = document.createRange();
      range.selectNodeContents(node);
      const box = range.getBoundingClientRect();
      if (!node.data.trim() || !inside(box) || owner.closest("svg, .leaflet-control-scale, .leaflet-bar, .leaflet-popup, button") || !owner.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      const onBadge = owner.closest(".of-badge");
      parts.push(svg("text", {
        x: flat(box.left + box.width / 2 - frame.left), y: flat(box.top + box.height / 2 - frame.top), fill: style.color, "text-anchor": "middle",
        "dominant-baseline": "central", "font-family": style.fontFamily, "font-size": style.fontSize, "font-weight": style.fontWeight,
        ...(onBadge ? {} : { stroke: halo, "stroke-width": 3, "stroke-linejoin": "round", "paint-order": "stroke" }),
      }, escaped(node.data.trim())));
    }
    const size = { width: Math.round(frame.width), height: Math.round(frame.height) };
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + svg("svg", {
      xmlns: "http://www.w3.org/2000/svg", ...size, viewBox: "0 0 " + size.width + " " + size.height,
      "xml:lang": document.documentElement.lang, role: "img", "aria-labelledby": "of-t of-d",
    }, svg("title", { id: "of-t" }, escaped(scene.title)) + svg("desc", { id: "of-d" }, escaped(overflight.alternative(scene)))
      + svg("defs", {}, patterns.join("")) + svg("rect", { ...size, fill: getComputedStyle(container).backgroundColor }) + parts.join("\n")) + "\n";
  };

  overflight.alternative = (scene) => [say("alt", { title: scene.title, on: scene.on.replace(/\.$/, "") }), scene.headline, scene.finding].filter(Boolean).join(" ");

  function addressOf(scene, nth) {
    const base = (scene.url || location.href).replace(/#.*$/, "");
    return nth < 0 ? base : base + "#route=" + (nth + 1);
  }
  const EMBED_PX = 480;
  overflight.embedOf = (scene) => {
    const file = scene.url || location.pathname.split("/").pop() || nameOf(scene, ".html"); // as an address has it
    return '<iframe src="' + escaped(file) + '" title="' + escaped(overflight.alternative(scene)) + '" width="100%" height="' + (scene.height || EMBED_PX)
      + '" loading="lazy" style="border:0"></iframe>';
  };

  overflight.share = (scene, map) => {
    const container = map.getContainer();
    if (scene.embedded) {
      if (scene.url) {
        const link = make("a", "of-whole", say("whole_map"));
        Object.assign(link, { href: scene.url, target: "_blank", rel: "noopener noreferrer" });
        byId("of-answer").after(link);
      }
      return;
    }
    const box = make("details", "of-publish"), told = make("p", "of-told"), byHand = make("textarea", "of-by-hand");
    box.append(make("summary", "", say("publish")));
    if (scene.paragraph) box.append(make("p", "of-paragraph", scene.paragraph));
    told.setAttribute("role", "status");
    byHand.readOnly = true;
    byHand.hidden = true;
    byHand.setAttribute("aria-label", say("copy_by_hand"));
    async function copy(text) {
      byHand.hidden = true;
      try {
        await navigator.clipboard.writeText(text);
        told.textContent = say("copied");
      } catch {
        byHand.value = text;
        byHand.hidden = false;
        byHand.select();
        told.textContent = document.execCommand("copy") ? say("copied") : say("copy_by_hand");
      }
    }
    const picked = () => [...document.querySelectorAll(".of-routes .of-route")].findIndex((one) => one.getAttribute("aria-expanded") === "true");
    const sentence = scene.headline || scene.title;
    [
      ["copy_sentence", () => copy(sentence)],
      ["copy_paragraph", () => copy(scene.paragraph || overflight.alternative(scene))],
      ["copy_address", () => copy(addressOf(scene, picked()))],
      ["copy_embed", () => copy(overflight.embedOf(scene))],
      ["save_svg", () => save(nameOf(scene, ".svg"), "image/svg+xml", overflight.svgOf(scene, container))],
      ["save_geojson", () => save(nameOf(scene, ".geojson"), "application/geo+json", overflight.geojsonOf(scene))],
      ["save_csv", () => save(nameOf(scene, ".csv"), "text/csv", overflight.csvOf(scene))],
      ["save_page", () => save(nameOf(scene, ".html"), "text/html", source)],
    ].forEach(([word, act]) => {
      const button = make("button", "of-take", say(word));
      button.type = "button";
      button.dataset.take = word;
      button.addEventListener("click", act);
      box.append(button);
    });
    box.append(told, byHand);
    byId("of-foot").before(box);
  };
})();
