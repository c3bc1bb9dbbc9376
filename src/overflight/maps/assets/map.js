/* The page of an overflight map: puts the ground, the routes, the panel and the profile together. */
function overflightMap(id) {
  "use strict";
  const { byId, make, say } = overflight;
  const scene = overflight.readScene();
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const page = overflight.makeMap(id, scene);
  overflight.sayAll();
  const { map, limits, renderers } = page;
  const container = map.getContainer();
  const isWide = () => container.clientWidth > 600;
  // What stands beside the ends: where there is little room, the city without its airport.
  const shortOf = (name) => isWide() ? name : name.replace(/ \([A-Z0-9]{3,4}\)$/, "");
  const places = new Map(scene.routes.flatMap((route) => overflight.endsOf(map, route))
    .map((stop) => [stop.at.map((x) => x.toFixed(2)).join(), { ...stop, get short() { return shortOf(stop.name); } }]));
  // Very many names would hide the map: they show where they are pointed at.
  const ends = [...places.values()];
  const named = new Set(ends.map((stop) => stop.name)).size <= 24;
  const everything = scene.routes.flatMap((route) => overflight.measured(route).points);

  function viewOf(points) {
    // Room for names beside the ends; where they find none, they stand above or below.
    const pads = isWide() ? { top: 40, bottom: 44, left: 76, right: 84 } : { top: 26, bottom: 34, left: 30, right: 56 };
    return overflight.viewOf(map, points, pads);
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

  let picked = -1;
  // With none chosen, the best is shown, and the others stay in grey.
  const shown = () => picked >= 0 ? picked : scene.best || 0;
  const mark = overflight.drawAirspace(page, scene);
  overflight.drawGaps(page, scene);
  overflight.drawLayers(page, scene);
  const drawn = scene.routes.map((route, nth) => overflight.drawRoute(page, scene, route, nth, pick));
  // The shortest on top; forbidden stretches of one never lie under the line of another for long.
  [...drawn].reverse().forEach((route) => route.always.forEach((layer) => layer.addTo(map)));
  ends.forEach((stop) => {
    const dot = L.circleMarker(overflight.latlng(stop.at), {
      renderer: renderers.marks, pane: "marks", radius: named ? 6 : 3, className: "of-end", interactive: !named,
    });
    if (!named) overflight.tell(dot, () => [stop.name]);
    dot.addTo(map);
  });

  const panel = overflight.makePanel(scene, (nth, fly) => pick(picked === nth ? -1 : nth, fly));
  overflight.makeInset(map, scene);
  overflight.makeLegend(scene);
  overflight.makeNotes(scene);
  overflight.fitButton(say("fit"), () => { fit(everything, true); untouched = true; }).addTo(map);
  const placeTicks = overflight.drawTicks(page, drawn, () => picked < 0 && drawn.length > 30 ? -1 : shown(), overflight.tellTicks, () => picked >= 0);
  placeTicks();
  const placeLabels = overflight.drawLabels(map, scene, [], everything, {
    drawn, shown, ends: named ? ends : [], pick: (nth) => pick(nth, false),
  });
  const cursor = L.circleMarker([0, 0], { renderer: renderers.marks, pane: "marks", radius: 7, className: "of-at", interactive: false });
  cursor.bindTooltip("", { permanent: true, direction: "top", offset: [0, -8] });
  const profile = overflight.makeProfile(scene, drawn, panel.order, pick, (at, words) => {
    if (!at) { cursor.remove(); return; }
    cursor.setLatLng(at).addTo(map).setTooltipContent(make("span", "", words));
  });
  panel.onSort(() => profile(picked));

  function classed(layers, name, on) {
    layers.forEach((layer) => {
      const element = layer.getElement();
      if (element) element.classList.toggle(name, on);
    });
  }
  // Of the route that is shown, the states that it enters stand out.
  function showing() {
    const first = shown();
    drawn.forEach((route, at) => {
      classed(route.always, "of-quiet", at !== first);
      classed(route.always, "of-faded", picked >= 0 && at !== picked);
      panel.items[at].button.classList.toggle("of-shown", at === first && drawn.length > 1);
      if (at === first) route.always.forEach((layer) => { if (layer.bringToFront) layer.bringToFront(); });
    });
    const entered = (standing) => (scene.routes[first].entered || []).filter((one) => one.standing === standing).flatMap((one) => one.pieces);
    ["forbidden", "consented"].forEach((standing) => mark(standing, entered(standing)));
  }
  function select(nth, fly) {
    picked = nth;
    drawn.forEach((route, at) => {
      const chosen = at === nth;
      route.onlyPicked.forEach((layer) => { if (chosen) layer.addTo(map); else layer.remove(); });
    });
    showing();
    panel.show(nth);
    placeTicks();
    placeLabels();
    profile(nth);
    untouched = untouched || fly;
    if (fly) fit(nth < 0 ? everything : drawn[nth].points, true);
    if (nth >= 0 && drawn.length > 1) {
      const block = byId("of-panel").clientHeight < 560 ? "start" : "nearest";
      panel.items[nth].item.scrollIntoView({ block, behavior: still ? "auto" : "smooth" });
    }
  }
  // The address says which route is chosen, so that it can be passed on; where a page may not change its own, it stays.
  function pick(nth, fly) {
    select(nth, fly);
    try {
      history.replaceState(null, "", nth < 0 ? location.pathname + location.search : "#route=" + (nth + 1));
    } catch { /* as in a frame that holds the page's text */ }
  }
  const addressed = () => {
    const found = /^#route=(\d{1,4})$/.exec(location.hash);
    return found && Number(found[1]) >= 1 && Number(found[1]) <= drawn.length ? Number(found[1]) - 1 : -1;
  };
  byId("of-all").addEventListener("click", () => {
    const last = picked;
    pick(-1, true);
    panel.items[last].button.focus();
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && picked >= 0) pick(-1, true); });
  // On the map, a digit chooses the route of that number.
  container.addEventListener("keydown", (event) => {
    const nth = "123456789".indexOf(event.key);
    if (nth >= 0 && nth < drawn.length && !event.ctrlKey && !event.metaKey && !event.altKey) pick(nth, true);
  });

  // Another size, and paper.
  let untouched = true;
  ["pointerdown", "wheel", "keydown"].forEach((kind) => container.addEventListener(kind, () => { untouched = false; }, { passive: true }));
  function resized() {
    if (!container.clientWidth || !container.clientHeight) return;
    map.invalidateSize({ animate: false, pan: !untouched });
    limitZoom();
    if (untouched) fit(picked < 0 ? everything : drawn[picked].points, false);
    placeLabels();
    profile(picked);
  }
  new ResizeObserver(resized).observe(container);
  new ResizeObserver(() => profile(picked)).observe(byId("of-strip"));
  if (addressed() >= 0) select(addressed(), true);
  else if (drawn.length === 1) select(0, false);
  else showing();
  window.addEventListener("hashchange", () => { if (addressed() >= 0 && addressed() !== picked) select(addressed(), true); });
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
