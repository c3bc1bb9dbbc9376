/* The page of an overflight map. Text from the data enters the page by textContent only. */
function overflightMap(id) {
  "use strict";
  // A name with a direction override must not turn the words after it around.
  const isolated = (text) => /[\u202a-\u202e\u2066-\u2069]/.test(text)
    ? "\u2068" + text.replace(/[\u2066-\u2069]/g, "") + "\u2069" : text;
  const scene = JSON.parse(document.getElementById("of-data").textContent,
    (_, value) => typeof value === "string" ? isolated(value) : value);
  const byId = (name) => document.getElementById(name);
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  // folium's popups make their content by jQuery's $(html)[0] and nothing else.
  if (!window.$) {
    window.$ = (what) => {
      if (typeof what !== "string") return { ready: (then) => then() };
      const holder = document.createElement("template");
      holder.innerHTML = what.trim();
      return [holder.content.firstChild];
    };
  }

  function make(tag, className, text) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  }
  function tip(lines) {
    const box = make("div", "of-tip");
    lines.forEach((line, at) => box.append(make(at ? "span" : "b", "", line)));
    return box;
  }
  // Whole thousandths of a degree, each point but the first as the step from the one before.
  function decode(flat) {
    const points = [];
    let lon = 0, lat = 0;
    for (let at = 0; at < flat.length; at += 2) {
      lon += flat[at];
      lat += flat[at + 1];
      points.push([lat / 1000, lon / 1000]);
    }
    return points;
  }
  const listed = (names) => names.length > 1 ? names.slice(0, -1).join(", ") + " and " + names[names.length - 1] : names.join("");
  const latlng = (at) => [at[1], at[0]];

  // Around a pole: stereographic, the meridian of the routes pointing down. Units are those of Leaflet's Mercator.
  const RADIAN = Math.PI / 180;
  const polar = {
    project(at) {
      const away = Math.tan((90 - scene.pole * at.lat) * RADIAN / 2);
      const turned = (at.lng - scene.meridian) * RADIAN;
      return L.point(away * Math.sin(turned), scene.pole * away * Math.cos(turned));
    },
    unproject(point) {
      const away = Math.hypot(point.x, point.y);
      const turned = Math.atan2(point.x, scene.pole * point.y);
      return L.latLng(scene.pole * (90 - 2 * Math.atan(away) / RADIAN), scene.meridian + turned / RADIAN);
    },
    bounds: L.bounds([-8, -8], [8, 8]),
  };
  const crs = scene.pole
    ? L.extend({}, L.CRS.Earth, { code: "polar", projection: polar, wrapLng: undefined,
        transformation: L.transformation(1 / Math.PI, 0.5, 1 / Math.PI, 0.5) })
    : L.CRS.EPSG3857;
  const [west, south, east, north] = scene.whole;
  const limits = L.latLngBounds([south, west], [north, east]);

  // The map.
  const map = L.map(id, {
    zoomControl: false, attributionControl: false, zoomSnap: 0.25, zoomDelta: 0.5, wheelPxPerZoomLevel: 90,
    maxZoom: 11, maxBoundsViscosity: 0.9, crs, ...(scene.pole ? {} : { maxBounds: limits }),
  });
  // Leaflet rounds to whole pixels, which makes a line of many points tremble.
  map.latLngToLayerPoint = (at) => {
    const point = map.project(L.latLng(at))._subtract(map.getPixelOrigin());
    return L.point(Math.round(point.x * 10) / 10, Math.round(point.y * 10) / 10);
  };
  const container = map.getContainer();
  container.setAttribute("role", "region");
  container.setAttribute("aria-label", "Map of the routes; arrow keys move it, plus and minus zoom");
  L.control.zoom({ position: "topright" }).addTo(map);
  L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
  L.control.attribution({ prefix: false, position: "bottomright" })
    .addAttribution("© OpenStreetMap contributors (ODbL)").addTo(map);
  // Shapes that listen are stops of the tab key in some browsers; the panel tells all they do, in fewer stops.
  map.on("layeradd", (event) => {
    const element = event.layer instanceof L.Path && event.layer.getElement();
    if (element) element.setAttribute("tabindex", "-1");
  });
  function pane(name, zIndex) {
    const made = map.createPane(name);
    made.style.zIndex = zIndex;
    return L.svg({ pane: name, padding: 0.7 });
  }
  const airspace = pane("airspace", 250);
  map.createPane("labels").style.zIndex = 350;
  const routes = pane("routes", 410);
  const marks = pane("marks", 420);

  // By points, for in a polar projection the corners of a box of latitudes and longitudes bound nothing.
  function viewOf(points) {
    const extent = L.bounds(points.map((at) => map.project(at, 0)));
    // Room for names beside the ends, and for the zoom buttons.
    const [top, right, bottom, left] = container.clientWidth > 600 ? [48, 84, 52, 66] : [28, 96, 42, 66];
    const room = map.getSize().subtract([left + right, top + bottom]);
    const size = extent.getSize();
    const fill = Math.min(room.x / Math.max(size.x, 1e-9), room.y / Math.max(size.y, 1e-9));
    const zoom = Math.min(Math.floor(Math.log2(Math.max(fill, 1)) * 4) / 4, 9);
    const middle = extent.getCenter().add(L.point(right - left, bottom - top).divideBy(2 * Math.pow(2, zoom)));
    return { centre: map.unproject(middle, 0), zoom };
  }
  function fit(points, animate) {
    const { centre, zoom } = viewOf(points);
    if (animate && !still) map.flyTo(centre, zoom, { duration: 0.9 });
    else map.setView(centre, zoom, { reset: true });
  }
  function limitZoom() {
    const inside = scene.pole ? 0 : map.getBoundsZoom(limits, true);
    map.setMinZoom(Math.min(Math.max(inside, 0), viewOf(everything).zoom));
  }
  const everything = scene.routes.flatMap((route) => route.runs.flatMap(decode));
  fit(everything, false);
  limitZoom();

  // Airspace.
  const outlines = pane("outlines", 260);
  function outline(ring) {
    const isCut = (a, b) => (a[1] === b[1] && (a[1] === west || a[1] === east)) || (a[0] === b[0] && (a[0] === south || a[0] === north));
    const runs = [[]];
    ring.forEach((at, nth) => {
      const next = ring[(nth + 1) % ring.length];
      runs[runs.length - 1].push(at);
      if (isCut(at, next)) runs.push([]);
      else if (nth === ring.length - 1) runs[runs.length - 1].push(next);
    });
    return runs.filter((run) => run.length > 1);
  }
  const ruleName = scene.rule ? scene.rule.name : "";
  const states = scene.pieces.map((piece) => ({ piece, rings: piece.rings.map((polygon) => polygon.map(decode)) }));
  // The cut opposite the routes is no border: what it cuts has fill and outline drawn apart, the outline without it.
  const onEdge = (at) => at[1] === west || at[1] === east || at[0] === south || at[0] === north;
  function airspaceLayers(turn) {
    return states.flatMap(({ piece, rings }) => {
      const classes = ["of-piece"];
      if (piece.member) classes.push("of-is-member");
      if (piece.disputed) classes.push("of-is-disputed");
      if (piece.area) classes.push("of-is-area");
      if (piece.barrier) classes.push("of-is-barrier");
      const options = { className: classes.join(" "), smoothFactor: 0 };
      const moved = (points) => turn ? points.map((at) => [at[0], at[1] + turn]) : points;
      const layers = [];
      if (rings.some((polygon) => polygon[0].some(onEdge))) {
        const lines = rings.flat().flatMap(outline).map(moved);
        layers.push(L.polyline(lines, {
          ...options, className: options.className + " of-outline", renderer: outlines, pane: "outlines", interactive: false,
        }));
        options.className += " of-fill";
      }
      layers.push(L.polygon(rings.map((polygon) => polygon.map(moved)), { ...options, renderer: airspace, pane: "airspace" })
        .bindTooltip(() => {
          const lines = [(piece.area ? "Area " : "") + piece.name];
          if (piece.state) lines.push("airspace of " + piece.state);
          if (piece.member) lines.push(ruleName + ", " + scene.on);
          if (piece.barrier) lines.push("Closes one end of the route off");
          if (piece.disputed) lines.push("Disputed: " + piece.disputed);
          if (piece.claimants && piece.claimants.length) lines.push("Claimed by " + piece.claimants.join(", "));
          return tip(lines);
        }, { sticky: true }));
      return layers;
    });
  }
  airspaceLayers(0).forEach((layer) => layer.addTo(map));
  // On a screen wider than the Earth, the next turn of it.
  const copies = new Map();
  function copyAirspace() {
    const view = map.getBounds();
    [[-360, view.getWest() < west], [360, view.getEast() > east]].forEach(([turn, needed]) => {
      if (needed && !copies.has(turn)) {
        copies.set(turn, airspaceLayers(turn));
        copies.get(turn).forEach((layer) => layer.addTo(map));
      }
    });
  }
  if (!scene.pole) {
    copyAirspace();
    map.on("moveend resize", copyAirspace);
  }

  // Names of states: shown where they fit, the larger state first.
  const labels = scene.labels.map((label) => {
    const text = make("span", "", label.text);
    const marker = L.marker(latlng(label.at), {
      pane: "labels", interactive: false, keyboard: false,
      icon: L.divIcon({ className: "of-label", iconSize: [0, 0], html: text }),
    });
    return { marker, text, deg: label.deg, width: label.text.length * 6.9 + 6 };
  });
  // Names of the two ends stand outside, away from the line between them.
  function endsOf(route) {
    const ends = route.stops.filter((stop) => stop.end);
    const across = ends.map((stop) => map.project(latlng(stop.at), 0).x);
    return ends.map((stop, nth) => ({ ...stop, side: across[nth] >= across[1 - nth] ? 1 : -1 }));
  }
  const tags = scene.routes.flatMap((route) => [
    ...(route.badge ? [{ at: route.badge, width: 28, height: 28, shift: 0 }] : []),
    ...endsOf(route).map((stop) => ({ at: stop.at, width: stop.name.length * 8 + 30, height: 20, shift: stop.side })),
  ]);
  function placeLabels() {
    const view = map.getPixelBounds().pad(0.5);
    const lines = everything.map((at) => map.project(at)).filter((at) => view.contains(at));
    const taken = tags.map((tag) => {
      const at = map.project(latlng(tag.at));
      const middle = at.x + tag.shift * tag.width / 2;
      return [middle - tag.width / 2, at.y - tag.height / 2, middle + tag.width / 2, at.y + tag.height / 2];
    });
    labels.forEach((label) => {
      const at = map.project(label.marker.getLatLng());
      const beside = map.project([label.marker.getLatLng().lat, label.marker.getLatLng().lng + 0.5]);
      const room = label.deg * at.distanceTo(beside) * 2;
      let best = null;
      if (room > label.width * 0.85 && view.contains(at)) {
        // Up or down a little, where no other name or tag is, and where the fewest routes run.
        for (const shift of [0, 15, -15, 28, -28]) {
          if (Math.abs(shift) > room * 0.2) break;
          const [left, top, right, bottom] = [at.x - label.width / 2, at.y + shift - 8, at.x + label.width / 2, at.y + shift + 8];
          if (taken.some((other) => left < other[2] && right > other[0] && top < other[3] && bottom > other[1])) continue;
          const hidden = lines.filter((on) => on.x > left && on.x < right && on.y > top && on.y < bottom).length;
          if (!best || hidden < best.hidden) best = { hidden, shift, box: [left, top, right, bottom] };
        }
      }
      if (best) {
        taken.push(best.box);
        label.text.style.transform = "translateY(" + best.shift + "px)";
        label.marker.addTo(map);
      } else {
        label.marker.remove();
      }
    });
  }
  placeLabels();
  map.on("zoomend moveend", placeLabels);

  if (scene.pole) {
    L.marker([90 * scene.pole, 0], {
      pane: "labels", interactive: false, keyboard: false,
      icon: L.divIcon({ className: "of-label of-pole", iconSize: [0, 0], html: make("span", "", scene.pole > 0 ? "North Pole" : "South Pole") }),
    }).addTo(map);
  }

  // Routes.
  let picked = -1;
  const places = new Set();
  const drawn = scene.routes.map((route, number) => {
    const runs = route.runs.map(decode);
    const direct = route.kind === "great-circle";
    const always = [], onlyPicked = [];
    function line(points, className, interactive) {
      const path = L.polyline(points, {
        renderer: routes, pane: "routes", className, interactive: Boolean(interactive), smoothFactor: 0.3,
        bubblingMouseEvents: false,
      });
      always.push(path);
      return path;
    }
    function dot(at, radius, className, lines, list) {
      list.push(L.circleMarker(latlng(at), {
        renderer: marks, pane: "marks", radius, className, bubblingMouseEvents: false,
      }).bindTooltip(() => tip(lines), { direction: "top", offset: [0, -4] }));
    }
    line(runs, "of-casing");
    line(runs, "of-track" + (direct ? " of-direct" : ""));
    line(runs, "of-hit", true)
      .bindTooltip(() => tip([number + 1 + "  " + route.name, route.km + (route.extension ? ", " + route.extension : "")]), { sticky: true })
      .on("click", () => pick(number, false));
    route.forbidden.forEach((stretch) => {
      const points = stretch.runs.map(decode);
      line(points, "of-bad-casing");
      const bad = line(points, "of-bad-track", true);
      const given = stretch.standing === "consented";
      bad.bindTooltip(() => tip([stretch.text[0], given ? "with its consent" : "forbidden: " + ruleName, ...stretch.text.slice(1)]), { sticky: true })
        .on("click", () => pick(number, false));
      if (given) line(points, "of-bad-given");
    });
    route.stops.forEach((stop) => { if (!stop.end) dot(stop.at, 4, "of-turn", [stop.name], onlyPicked); });
    route.marks.forEach((mark) => {
      const plain = mark.kind === "border";
      dot(mark.at, plain ? 4 : 5.5, "of-" + mark.kind, mark.text, plain ? onlyPicked : always);
    });
    if (route.badge) {
      const badge = make("span", "of-badge" + (direct ? " of-direct" : ""), String(number + 1));
      badge.setAttribute("aria-hidden", "true");
      always.push(L.marker(latlng(route.badge), {
        keyboard: false, icon: L.divIcon({ className: "", iconSize: [24, 24], html: badge }),
      }).on("click", () => pick(number, false)));
    }
    return { points: runs.flat(), always, onlyPicked };
  });
  // The shortest on top; forbidden stretches of one never lie under the line of another for long.
  [...drawn].reverse().forEach((route) => route.always.forEach((layer) => layer.addTo(map)));
  scene.routes.forEach((route) => {
    endsOf(route).forEach((stop) => {
      const key = stop.at.map((x) => x.toFixed(2)).join();
      if (places.has(key)) return;
      places.add(key);
      L.circleMarker(latlng(stop.at), { renderer: marks, pane: "marks", radius: 6, className: "of-end", interactive: false })
        .bindTooltip(() => make("span", "", stop.name), {
          permanent: true, direction: stop.side < 0 ? "left" : "right", className: "of-place", offset: [8 * stop.side, 0],
        }).addTo(map);
    });
  });

  // The panel.
  byId("of-title").textContent = scene.title;
  byId("of-lead").textContent = scene.on + (scene.rule ? " · rule: " + scene.rule.name : "");
  if (scene.finding) {
    byId("of-finding").textContent = scene.finding;
    byId("of-finding").hidden = false;
  }
  const count = scene.routes.length;
  byId("of-count").textContent = count === 1 ? "1 route" : count + " routes";
  function verdict(route) {
    const said = make("span", "of-said");
    function say(kind, words) { said.append(make("span", kind, words)); }
    if (route.crossed.length) say("of-verdict of-crosses", "Crosses " + listed(route.crossed));
    else if (route.status === "marginal") {
      const near = route.nearest.filter((state) => state.status === "marginal").map((state) => state.state + " (" + state.km + " km)");
      say("of-verdict of-marginal", near.length ? "Marginal: too near to " + listed(near) : "Marginal");
    }
    if (route.consents.length) {
      say("of-verdict of-consent", (route.kind === "detour" ? "Needs the consent of " : "With the consent of ") + listed(route.consents));
    } else if (route.status === "clear" && scene.rule) say("of-verdict of-clear", "Clear of the rule");
    route.unmet.forEach((words) => say("of-verdict of-crosses", words));
    return said;
  }
  function table(route, number) {
    const holder = make("div", "of-detail");
    holder.id = "of-detail-" + number;
    holder.hidden = true;
    const grid = make("table");
    grid.append(make("caption", "", "Airspace along the route, km from the start"));
    const head = make("tr");
    ["State", "in", "out", "km"].forEach((word) => {
      const cell = make("th", "", word);
      cell.scope = "col";
      head.append(cell);
    });
    const top = make("thead"), body = make("tbody");
    top.append(head);
    route.rows.forEach((row) => {
      const line = make("tr", row.standing === "forbidden" ? "of-bad" : row.standing === "consented" ? "of-given" : "");
      const state = make("th", "", row.state);
      state.scope = "row";
      const notes = [row.standing === "consented" ? "with its consent" : "", row.note].filter(Boolean).join("; ");
      line.append(state, make("td", "", row.from), make("td", "", row.to), make("td", "", row.km));
      body.append(line);
      if (notes) {
        const more = make("tr", "of-note"), cell = make("td", "", notes);
        cell.colSpan = 4;
        line.classList.add("of-noted");
        more.append(cell);
        body.append(more);
      }
    });
    grid.append(top, body);
    holder.append(grid);
    if (route.nearest.length) {
      holder.append(make("p", "", "Closest to states not entered: " + route.nearest.map(
        (near) => near.state + " " + near.km + " km" + (near.status === "marginal" ? " (marginal)" : "")).join(", ") + "."));
    }
    if (route.gap) holder.append(make("p", "", "Length: " + route.gap + "."));
    return holder;
  }
  const buttons = scene.routes.map((route, number) => {
    const item = make("li");
    const button = make("button", "of-route");
    button.type = "button";
    button.setAttribute("aria-pressed", "false");
    button.setAttribute("aria-controls", "of-detail-" + number);
    const length = make("span", "of-km");
    length.append(make("b", "", route.km), make("span", "", route.extension));
    button.append(
      make("span", "of-badge" + (route.kind === "great-circle" ? " of-direct" : ""), String(number + 1)),
      make("span", "of-name", route.name), length, verdict(route));
    button.addEventListener("click", () => pick(picked === number ? -1 : number, true));
    item.append(button, table(route, number));
    byId("of-routes").append(item);
    return button;
  });

  function fade(layers, on) {
    layers.forEach((layer) => {
      const element = layer.getElement();
      if (element) element.classList.toggle("of-faded", on);
    });
  }
  function pick(number, fly) {
    picked = number;
    drawn.forEach((route, at) => {
      const chosen = at === number;
      fade(route.always, number >= 0 && !chosen);
      route.onlyPicked.forEach((layer) => { if (chosen) layer.addTo(map); else layer.remove(); });
      if (chosen) route.always.forEach((layer) => { if (layer.bringToFront) layer.bringToFront(); });
      buttons[at].setAttribute("aria-pressed", String(chosen));
      byId("of-detail-" + at).hidden = !chosen;
    });
    byId("of-all").hidden = number < 0;
    untouched = untouched || fly;
    if (fly) fit(number < 0 ? everything : drawn[number].points, true);
    if (number >= 0) {
      const block = byId("of-panel").clientHeight < 560 ? "start" : "nearest";
      buttons[number].parentElement.scrollIntoView({ block, behavior: still ? "auto" : "smooth" });
    }
  }
  byId("of-all").addEventListener("click", () => {
    const last = picked;
    pick(-1, true);
    buttons[last].focus();
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && picked >= 0) pick(-1, true); });
  byId("of-fold").addEventListener("click", () => {
    const folded = byId("of-panel").classList.toggle("of-folded");
    byId("of-fold").textContent = folded ? "Show list" : "Hide list";
    byId("of-fold").setAttribute("aria-expanded", String(!folded));
  });

  // Legend and small print.
  function swatch(parts) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 34 18");
    svg.setAttribute("aria-hidden", "true");
    parts.forEach(([tag, attributes]) => {
      const part = document.createElementNS("http://www.w3.org/2000/svg", tag);
      Object.entries(attributes).forEach(([name, value]) => part.setAttribute(name, value));
      svg.append(part);
    });
    return svg;
  }
  function legend(parts, words) {
    const item = make("li");
    item.append(swatch(parts), make("span", "", words));
    byId("of-legend").append(item);
  }
  const patch = (className) => [["rect", { x: 1, y: 1, width: 32, height: 16, class: className }]];
  const stroke = (...classes) => classes.map((name) => ["line", { x1: 0, y1: 9, x2: 34, y2: 9, class: name }]);
  const ring = (x, r, className) => ["circle", { cx: x, cy: 9, r, class: className }];
  const kinds = new Set(scene.routes.map((route) => route.kind));
  const standings = new Set(scene.routes.flatMap((route) => route.forbidden.map((stretch) => stretch.standing)));
  if (scene.rule) legend(patch("of-piece of-is-member"), scene.rule.name + " on " + scene.on);
  legend(patch("of-piece"), scene.rule ? "Airspace of other states" : "Sovereign airspace");
  if (scene.pieces.some((piece) => piece.disputed)) legend(patch("of-piece of-is-disputed"), "Disputed; point at it for the dispute");
  if (scene.pieces.some((piece) => piece.area)) legend(patch("of-piece of-is-member of-is-area"), "Area of the rule");
  if (scene.pieces.some((piece) => piece.barrier)) legend(patch("of-piece of-is-member of-is-barrier"), "Closes one end of the route off");
  if (kinds.has("great-circle")) legend(stroke("of-casing", "of-track of-direct"), "Great circle");
  if (kinds.size > (kinds.has("great-circle") ? 1 : 0)) legend(stroke("of-casing", "of-track"), kinds.has("detour") ? "Computed route" : "Route");
  if (standings.has("forbidden")) legend(stroke("of-bad-casing", "of-bad-track"), "Stretch that the rule forbids");
  if (standings.has("consented")) legend(stroke("of-bad-casing", "of-bad-track", "of-bad-given"), "Stretch over a state of the rule, with its consent");
  if (standings.size) legend([ring(9, 5.5, "of-enter"), ring(25, 5.5, "of-leave")], "Entry and exit of such a stretch");
  byId("of-foot").append(
    make("p", "", "Airspace: land, internal waters and territorial sea; view: " + scene.data.view.replace("-", " ")
      + ". Membership as of " + scene.on + ". Borders are known to " + scene.data.accuracy_m + " m at best and drawn simplified; all numbers are computed."),
    make("p", "", "No legal, operational or flight-planning advice."),
    make("p", "", "Data " + scene.data.version + ", overflight " + scene.overflight + ". Airspace data © OpenStreetMap contributors, ODbL 1.0."));

  // Another size, and paper.
  let untouched = true;
  ["pointerdown", "wheel", "keydown"].forEach((kind) => container.addEventListener(kind, () => { untouched = false; }, { passive: true }));
  function resized() {
    if (!container.clientWidth || !container.clientHeight) return;
    map.invalidateSize({ animate: false, pan: !untouched });
    limitZoom();
    if (untouched) fit(picked < 0 ? everything : drawn[picked].points, false);
  }
  new ResizeObserver(resized).observe(container);
  function printing(on) {
    document.documentElement.classList.toggle("of-printing", on);
    untouched = true;
    resized();
  }
  window.addEventListener("beforeprint", () => printing(true));
  window.addEventListener("afterprint", () => printing(false));
  return map;
}
