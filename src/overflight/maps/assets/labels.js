/* What is written on the map: ends, routes, states, cities. Each where it fits, under no control, over no other, once. */
(() => {
  "use strict";
  const { latlng, make } = overflight;
  const WIDEST = 180, LINE = 17, MOST_LINES = 6;
  // Lines are looked at every so many pixels, and routes as far apart as this can be told apart.
  const STEP = 7, APART = 46, SPOTS = 36;
  // States that only routes in grey enter have lines to their names where there are so many routes at most, and room.
  const MANY = 12, SMALL = 400000;
  // Where the name of a route stands from its number, and what that costs; none, if nowhere.
  const SIDES = [{ x: 1, y: 0, dear: 0 }, { x: -1, y: 0, dear: 2 }, { x: 0, y: -1, dear: 10 }, { x: 0, y: 1, dear: 10 }, { x: 0, y: 0, dear: 70 }];
  const AROUND = Array.from({ length: 16 }, (_, nth) => nth * Math.PI / 8);
  // The names of states that only routes in grey enter stand no farther from them than `NEAR` steps.
  const REACH = [34, 50, 70, 95, 125], NEAR = 3;

  const pencil = document.createElement("canvas").getContext("2d");
  function sizeOf(text, font, widest = WIDEST) {
    pencil.font = font + " " + getComputedStyle(document.body).fontFamily;
    const width = pencil.measureText(text).width * 1.06 + 5;
    return { width: Math.min(width, widest), height: LINE * Math.min(Math.ceil(width / widest), MOST_LINES) };
  }

  // A line as points a few pixels apart, those in sight only.
  function finely(points, size) {
    const found = [];
    points.forEach((at, nth) => {
      const next = points[nth + 1];
      if (!next || Math.abs(next.x - at.x) > 4 * size.x) { found.push(at); return; }
      const steps = Math.min(Math.max(Math.ceil(at.distanceTo(next) / STEP), 1), 400);
      for (let k = 0; k < steps; k++) found.push(L.point(at.x + (next.x - at.x) * k / steps, at.y + (next.y - at.y) * k / steps));
    });
    return found.filter((at) => at.x > -STEP && at.y > -STEP && at.x < size.x + STEP && at.y < size.y + STEP);
  }

  const boxAt = (x, y, { width, height }) => [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
  const meet = (a, b) => a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1];
  const holds = (box, at) => at.x > box[0] && at.x < box[2] && at.y > box[1] && at.y < box[3];

  // `tags` and `lines` are what names shall not hide; `more` has the routes as they are drawn, which of them is shown,
  // their ends, and what a click on the name of one does.
  overflight.drawLabels = (map, scene, tags, lines, more = {}) => {
    const { drawn = [], shown = () => 0, ends = [], pick = null } = more;
    const layer = L.layerGroup().addTo(map);
    [["names", 430], ["tags", 610]].forEach(([name, zIndex]) => { if (!map.getPane(name)) map.createPane(name).style.zIndex = zIndex; });
    const pen = L.svg({ pane: "names", padding: 0.7 });
    let size, taken, blocked, bold, others, said, pixelOf;

    // Where nothing may stand: controls, and what the ticks say.
    function controls() {
      const own = map.getContainer().getBoundingClientRect();
      return [...map.getContainer().querySelectorAll(".leaflet-control, .of-tick-label span")].map((one) => one.getBoundingClientRect())
        .filter((one) => one.width).map((one) => [one.left - own.left - 3, one.top - own.top - 3, one.right - own.left + 3, one.bottom - own.top + 3]);
    }
    const inside = (box) => box[0] > 2 && box[1] > 2 && box[2] < size.x - 2 && box[3] < size.y - 2;
    const free = (box) => inside(box) && !taken.some((other) => meet(box, other));
    // What a name there would hide: the route that is shown weighs more.
    function hidden(box) {
      let sum = 0;
      bold.forEach((at) => { if (holds(box, at)) sum += 3; });
      others.forEach((at) => { if (holds(box, at)) sum += 1; });
      return sum;
    }
    function best(spots, box) {
      let found = null;
      spots.forEach((spot) => {
        const where = boxAt(spot.x, spot.y, box);
        if (!free(where)) return;
        const cost = spot.cost + 4 * hidden(where);
        if (!found || cost < found.cost) found = { ...spot, cost, where };
      });
      return found;
    }
    function write(at, spot, element, pane, className, click) {
      taken.push(spot.where);
      const on = pixelOf(at);
      element.style.transform = "translate(-50%, -50%) translate(" + (spot.x - on.x).toFixed(1) + "px," + (spot.y - on.y).toFixed(1) + "px)";
      const marker = L.marker(latlng(at), {
        pane, interactive: Boolean(click), keyboard: false, icon: L.divIcon({ className: "of-writing " + className, iconSize: [0, 0], html: element }),
      }).addTo(layer);
      marker.getElement().setAttribute("aria-hidden", "true");
      if (click) marker.on("click", click);
    }
    // Beside a place, outward first.
    function beside(on, { width, height }, side, away) {
      const dx = width / 2 + away, dy = height / 2 + away;
      return [[side, 0], [-side, 0], [0, -1], [0, 1], [side, -1], [side, 1], [-side, -1], [-side, 1]].map(([x, y], nth) => ({
        x: on.x + x * (y ? dx * 0.8 : dx), y: on.y + y * dy, cost: [0, 6, 8, 8, 5, 5, 10, 10][nth],
      }));
    }
    function writeEnd(stop) {
      const on = pixelOf(stop.at);
      if (!inside([on.x, on.y, on.x, on.y])) return;
      const box = sizeOf(stop.short, "600 13px"), element = make("span", "of-place", stop.short);
      const spots = beside(on, box, stop.side, stop.away || 10);
      // An end has its name, come what may, but under a control.
      const into = (at, least, most) => Math.min(Math.max(at, least), most);
      const forced = spots.map((spot) => {
        const x = into(spot.x, box.width / 2 + 3, size.x - box.width / 2 - 3), y = into(spot.y, box.height / 2 + 3, size.y - box.height / 2 - 3);
        return { x, y, cost: spot.cost, where: boxAt(x, y, box) };
      });
      const spot = best(spots, box) || forced.find(({ where }) => !blocked.some((other) => meet(where, other))) || forced[0];
      write(stop.at, spot, element, "tags", "of-writing-end");
      said.add(stop.short).add(stop.short.replace(/ \([A-Z0-9]{3,4}\)$/, ""));
    }

    // A route's number with its name, on its line, where that runs farthest from the others.
    function writeTag(nth, pixels) {
      const route = scene.routes[nth], chosen = nth === shown();
      if (!route.badge) return;
      const others = pixels.filter((_, other) => other !== nth).flat();
      const own = pixels[nth].filter((at) => inside([at.x - 14, at.y - 14, at.x + 14, at.y + 14]));
      if (!own.length) return;
      const words = sizeOf(route.tag || "", "700 12.5px", WIDEST * 2);
      const clearance = (at) => others.reduce((least, other) => Math.min(least, Math.hypot(at.x - other.x, at.y - other.y)), APART);
      const end = pixels[nth][pixels[nth].length - 1], start = pixels[nth][0];
      let found = null;
      for (let k = 0; k < SPOTS; k++) {
        const on = own[Math.floor((k + 0.5) * own.length / SPOTS)];
        const apart = Math.min(clearance(on), on.distanceTo(start), on.distanceTo(end));
        const badge = boxAt(on.x, on.y, { width: 25, height: 25 });
        if (!free(badge)) continue;
        SIDES.forEach(({ x, y, dear }) => {
          const beside = Boolean(x || y);
          if (!route.tag && beside) return;
          const text = boxAt(on.x + x * (12 + words.width / 2), on.y + y * 21, { width: words.width + (x ? 6 : 0), height: 20 });
          if (beside && !free(text)) return;
          const over = chosen ? 0 : bold.filter((at) => holds(badge, at)).length;
          const cost = (APART - apart) * 1.5 + 9 * over + (chosen ? 4 * dear : dear) + (beside ? 3 * hidden(text) : 0);
          if (!found || cost < found.cost) found = { on, x, y, cost, boxes: beside ? [badge, text] : [badge] };
        });
      }
      if (!found) {
        const on = own[own.length >> 1];
        found = { on, x: 0, y: 0, boxes: [boxAt(on.x, on.y, { width: 25, height: 25 })] };
      }
      const element = make("span", "of-tag" + (chosen ? "" : " of-quiet-tag") + (found.x < 0 ? " of-leftward" : found.y ? (found.y < 0 ? " of-above" : " of-below") : ""));
      const badge = make("span", "of-badge" + (route.kind === "great-circle" ? " of-direct" : ""), String(nth + 1));
      element.append(badge);
      if (found.x || found.y) element.append(make("span", "of-tag-words", route.tag));
      taken.push(...found.boxes);
      const marker = L.marker(map.containerPointToLatLng(found.on), {
        pane: "tags", keyboard: false, interactive: Boolean(pick), icon: L.divIcon({ className: "of-writing", iconSize: [0, 0], html: element }),
      }).addTo(layer);
      marker.getElement().setAttribute("aria-hidden", "true");
      if (pick) marker.on("click", () => pick(nth));
    }

    // A state, in its middle where there is room, else beside it with a line to it.
    function writeState(name, places, fallback, className, leads) {
      if (!name || said.has(name)) return;
      const box = sizeOf(name, "600 12px");
      let found = null;
      const seen = places.map((place) => ({ ...place, on: pixelOf(place.at) })).filter((place) => inside([place.on.x, place.on.y, place.on.x, place.on.y]));
      const roomOf = ({ at, on, deg }) => deg * on.distanceTo(pixelOf([at[0] + 0.5, at[1]])) * 2;
      seen.forEach((place) => {
        const room = roomOf(place);
        if (room < box.width * 0.85) return;
        // Off the middle a little; the names of wide states, farther.
        const spots = [0, 15, -15, 28, -28, 42, -42].filter((dy) => Math.abs(dy) <= room * 0.2)
          .flatMap((dy) => (room > 2 * box.width && leads ? [0, 0.12, -0.12, 0.24, -0.24, 0.36, -0.36] : [0])
            .map((part) => ({ x: place.on.x + part * room, y: place.on.y + dy, cost: Math.abs(dy) / 8 + 16 * Math.abs(part) })));
        const spot = best(spots, box);
        if (spot && (!found || spot.cost < found.cost)) found = { ...spot, at: place.at };
      });
      if (leads && (!found || found.cost > 60)) {
        const anchors = [...seen, ...(fallback ? [{ at: fallback, on: pixelOf(fallback) }] : [])]
          .filter(({ on }) => inside([on.x, on.y, on.x, on.y]) && !blocked.some((box) => holds(box, on)));
        // A line may begin under another name where its state is too large to be taken for another.
        const bare = anchors.filter((one) => !taken.some((other) => holds(other, one.on)) || (one.deg && roomOf(one) > box.width));
        [...bare, ...anchors].slice(0, 1).forEach((anchor) => {
          const spots = REACH.slice(0, className ? REACH.length : NEAR).flatMap((far) => AROUND.map((turn) => ({
            x: anchor.on.x + Math.cos(turn) * (far + box.width * 0.42 * Math.abs(Math.cos(turn))), y: anchor.on.y + Math.sin(turn) * far, cost: far / 6,
          })));
          const spot = best(spots, box);
          if (spot && (!found || spot.cost < found.cost)) found = { ...spot, at: anchor.at, leads: true };
        });
      }
      if (!found) return;
      said.add(name);
      if (found.leads) {
        lead(found);
        const on = pixelOf(found.at);
        taken.push(boxAt(on.x, on.y, { width: 6, height: 6 }));
      }
      write(found.at, found, make("span", "of-label " + className, name), leads ? "names" : "labels", "");
    }
    function lead(spot) {
      const on = pixelOf(spot.at);
      const edge = L.point(Math.min(Math.max(on.x, spot.where[0] + 4), spot.where[2] - 4), Math.min(Math.max(on.y, spot.where[1] + 2), spot.where[3] - 2));
      const look = { renderer: pen, pane: "names", interactive: false, smoothFactor: 0 };
      L.polyline([latlng(spot.at), map.containerPointToLatLng(edge)], { ...look, className: "of-leader" }).addTo(layer);
      L.circleMarker(latlng(spot.at), { ...look, radius: 2, className: "of-leader-end" }).addTo(layer);
    }
    function writeCity(city) {
      if (said.has(city.text)) return;
      const on = pixelOf(city.at);
      if (!free([on.x - 3, on.y - 3, on.x + 3, on.y + 3])) return;
      const box = sizeOf(city.text, "400 11px");
      const spot = best(beside(on, { width: box.width, height: 14 }, 1, 5).slice(0, 4), { width: box.width, height: 14 });
      if (!spot || hidden(spot.where)) return;
      said.add(city.text);
      L.circleMarker(latlng(city.at), { renderer: pen, pane: "names", interactive: false, radius: 1.8, className: "of-city-dot" }).addTo(layer);
      write(city.at, spot, make("span", "of-label of-city", city.text), "labels", "");
    }

    function place() {
      layer.clearLayers();
      size = map.getSize();
      if (!size.x || !size.y) return;
      pixelOf = (at) => map.latLngToContainerPoint(latlng(at));
      said = new Set();
      const pixels = drawn.map((route) => finely(route.points.map((at) => map.latLngToContainerPoint(at)), size));
      const first = shown();
      bold = pixels[first] || finely(lines.map((at) => map.latLngToContainerPoint(at)), size);
      others = pixels.filter((_, nth) => nth !== first).flat();
      blocked = controls();
      taken = blocked.concat(tags.map((tag) => {
        const on = pixelOf(tag.at);
        return boxAt(on.x + tag.shift * tag.width / 2, on.y, tag);
      }));
      ends.forEach((stop) => {
        const on = pixelOf(stop.at);
        taken.push(boxAt(on.x, on.y, { width: 14, height: 14 }));
      });
      ends.forEach(writeEnd);
      const order = scene.routes.map((_, nth) => nth).sort((a, b) => (b === first) - (a === first));
      const enteredBy = (nth) => (scene.routes[nth] ? scene.routes[nth].entered || [] : []);
      const places = (name) => scene.labels.filter((label) => label.text === name);
      const ranked = (all) => [...all].sort((a, b) => (a.standing === "free") - (b.standing === "free"));
      if (drawn.length && first in pixels) writeTag(first, pixels);
      ranked(enteredBy(first)).forEach((one) => writeState(one.name, places(one.name), one.at, "of-entered", true));
      order.slice(1).forEach((nth) => { if (pixels[nth]) writeTag(nth, pixels); });
      if (scene.routes.length <= MANY && size.x * size.y > SMALL) {
        order.slice(1).forEach((nth) => enteredBy(nth).filter((one) => one.standing !== "free")
          .forEach((one) => writeState(one.name, places(one.name), one.at, "", true)));
      }
      scene.labels.forEach((label) => writeState(label.text, [label], null, "", false));
      (scene.layers || []).forEach((layer) => layer.labels.forEach((label) => writeState(label.text, [label], null, "of-region", false)));
      (scene.cities || []).forEach(writeCity);
    }
    place();
    map.on("moveend", place);
    return place;
  };
})();
