/* The page of an overflight map: puts the ground, the routes, the panel and the profile together. */
function overflightMap(id) {
  "use strict";
  const { byId, make } = overflight;
  const scene = overflight.readScene();
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const page = overflight.makeMap(id, scene);
  const { map, limits, renderers } = page;
  const container = map.getContainer();
  const isWide = () => container.clientWidth > 600;
  // What stands beside the ends: where there is little room, the city without its airport.
  const shortOf = (name) => isWide() ? name : name.replace(/ \([A-Z0-9]{3,4}\)$/, "");
  const names = scene.routes.flatMap((route) => overflight.endsOf(map, route))
    .map((stop) => ({ ...stop, width: Math.min(shortOf(stop.name).length * 7.6 + 34, 180) }));
  // Very many names would hide the map: they show where they are pointed at.
  const named = new Set(names.map((stop) => stop.name)).size <= 24;
  const everything = scene.routes.flatMap((route) => overflight.measured(route).points);

  function viewOf(points) {
    // Room for names beside the ends, and for the zoom buttons.
    const [top, bottom] = isWide() ? [48, 52] : [28, 42];
    const [left, right] = [-1, 1].map((side) => Math.max(40, ...names.filter((name) => name.side === side).map((name) => name.width)));
    return overflight.viewOf(map, points, { top, right, bottom, left });
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
  fit(everything, false);
  limitZoom();

  overflight.drawAirspace(page, scene);
  const tags = scene.routes.flatMap((route) => [
    ...(route.badge ? [{ at: route.badge, width: 28, height: 28, shift: 0 }] : []),
  ]).concat((named ? names : []).map((name) => ({ at: name.at, width: name.width, height: 20, shift: name.side })));
  overflight.drawLabels(map, scene, tags, everything);

  overflight.drawGaps(page, scene);
  let picked = -1;
  const drawn = scene.routes.map((route, nth) => overflight.drawRoute(page, scene, route, nth, pick));
  // The shortest on top; forbidden stretches of one never lie under the line of another for long.
  [...drawn].reverse().forEach((route) => route.always.forEach((layer) => layer.addTo(map)));
  const places = new Map(names.map((stop) => [stop.at.map((x) => x.toFixed(2)).join(), stop]));
  places.forEach((stop) => {
    const dot = L.circleMarker(overflight.latlng(stop.at), {
      renderer: renderers.marks, pane: "marks", radius: named ? 6 : 3, className: "of-end", interactive: !named,
    });
    if (named) {
      dot.bindTooltip(() => make("span", "", shortOf(stop.name)), {
        permanent: true, direction: stop.side < 0 ? "left" : "right", className: "of-place", offset: [8 * stop.side, 0],
      });
    } else {
      overflight.tell(dot, () => [stop.name]);
    }
    dot.addTo(map);
  });
  const placeTicks = overflight.drawTicks(page, drawn, () => picked);
  placeTicks();

  const panel = overflight.makePanel(scene, (nth, fly) => pick(picked === nth ? -1 : nth, fly));
  overflight.makeInset(map, scene);
  overflight.makeLegend(scene);
  overflight.makeNotes(scene);
  const cursor = L.circleMarker([0, 0], { renderer: renderers.marks, pane: "marks", radius: 7, className: "of-at", interactive: false });
  cursor.bindTooltip("", { permanent: true, direction: "top", offset: [0, -8] });
  const profile = overflight.makeProfile(scene, drawn, panel.order, pick, (at, words) => {
    if (!at) { cursor.remove(); return; }
    cursor.setLatLng(at).addTo(map).setTooltipContent(make("span", "", words));
  });
  panel.onSort(() => profile(picked));

  function fade(layers, on) {
    layers.forEach((layer) => {
      const element = layer.getElement();
      if (element) element.classList.toggle("of-faded", on);
    });
  }
  function pick(nth, fly) {
    picked = nth;
    drawn.forEach((route, at) => {
      const chosen = at === nth;
      fade(route.always, nth >= 0 && !chosen);
      route.onlyPicked.forEach((layer) => { if (chosen) layer.addTo(map); else layer.remove(); });
      if (chosen) route.always.forEach((layer) => { if (layer.bringToFront) layer.bringToFront(); });
    });
    map.getPane("tooltipPane").classList.toggle("of-some-picked", nth >= 0);
    panel.show(nth);
    placeTicks();
    profile(nth);
    untouched = untouched || fly;
    if (fly) fit(nth < 0 ? everything : drawn[nth].points, true);
    if (nth >= 0 && drawn.length > 1) {
      const block = byId("of-panel").clientHeight < 560 ? "start" : "nearest";
      panel.items[nth].item.scrollIntoView({ block, behavior: still ? "auto" : "smooth" });
    }
  }
  byId("of-all").addEventListener("click", () => {
    const last = picked;
    pick(-1, true);
    panel.items[last].button.focus();
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && picked >= 0) pick(-1, true); });

  // Another size, and paper.
  let untouched = true;
  ["pointerdown", "wheel", "keydown"].forEach((kind) => container.addEventListener(kind, () => { untouched = false; }, { passive: true }));
  function resized() {
    if (!container.clientWidth || !container.clientHeight) return;
    map.invalidateSize({ animate: false, pan: !untouched });
    limitZoom();
    if (untouched) fit(picked < 0 ? everything : drawn[picked].points, false);
    profile(picked);
  }
  new ResizeObserver(resized).observe(container);
  new ResizeObserver(() => profile(picked)).observe(byId("of-strip"));
  if (drawn.length === 1) pick(0, false);
  const key = byId("of-key");
  key.open = isWide() && window.innerHeight > 560;
  function printing(on) {
    document.documentElement.classList.toggle("of-printing", on);
    if (on) key.open = true;
    untouched = true;
    resized();
  }
  window.addEventListener("beforeprint", () => printing(true));
  window.addEventListener("afterprint", () => printing(false));
  return map;
}
