/* The map of the what-if page: made anew when the ground below the route is another, the route on it with each answer. */
(() => {
  "use strict";
  const { byId, make, measured } = overflight;

  // `act` is what handles do; `use` is told which of the routes found was clicked.
  overflight.makeBoard = (act, use) => {
    let scene = null, map = null, page = null, handles = null, mark = null, placeLabels = null, placeTicks = null;
    let layers = [], ghosts = [], found = null, refocus = -1, zooming = false;
    const drawn = [], tags = [], ends = [];
    // Names of the ends keep clear of their handles.
    const HANDLE = { width: 26, height: 26, shift: 0 }, AWAY = 15;
    const isPlain = (name) => /^[-+\d]/.test(name);
    const shortOf = (name) => byId("of-map").clientWidth > 600 ? name : name.replace(/ \([A-Z0-9]{3,4}\)$/, "");
    const cursor = L.circleMarker([0, 0], { pane: "marks", radius: 7, className: "of-at", interactive: false });
    const scenes = { get routes() { return scene ? scene.routes : []; } };
    const profile = overflight.makeProfile(scenes, drawn, () => [0], () => {}, (at, text) => {
      if (!at || !map) { cursor.remove(); return; }
      cursor.setLatLng(at).addTo(map).bindTooltip(() => make("span", "", text), { permanent: true, direction: "top", offset: [0, -8] });
    });
    new ResizeObserver(() => { if (map) map.invalidateSize({ animate: false }); }).observe(byId("of-map"));
    new ResizeObserver(() => { if (drawn.length) profile(0); }).observe(byId("of-strip"));

    // All that is drawn, in sight; a zoom that is under way would end where it was going to.
    function fit() {
      if (zooming) { map.once("zoomend", fit); return; }
      const pads = byId("of-map").clientWidth > 600 ? { top: 56, bottom: 60, left: 90, right: 90 } : { top: 40, bottom: 46, left: 44, right: 44 };
      const points = [...scene.routes, ...(found ? found.routes : [])].flatMap((route) => measured(route).points);
      const { centre, zoom } = points.length ? overflight.viewOf(map, points, pads) : { centre: [25, 10], zoom: map.getBoundsZoom(page.limits, true) };
      map.setView(centre, zoom, { animate: false });
      map.setMinZoom(0);
    }
    function drawGhosts() {
      ghosts.forEach((layer) => layer.remove());
      ghosts = (found ? found.routes : []).flatMap((route, nth) => {
        const badge = make("span", "of-badge", String(nth + 1));
        badge.setAttribute("aria-hidden", "true");
        const line = L.polyline(route.runs.map((run) => overflight.decode(run.at)), {
          renderer: page.renderers.routes, pane: "routes", className: "of-ghost", smoothFactor: 0.3, bubblingMouseEvents: false,
        });
        const number = route.badge && L.marker(overflight.latlng(route.badge), { keyboard: false, icon: L.divIcon({ className: "", iconSize: [24, 24], html: badge }) });
        return [line, number].filter(Boolean).map((layer) => overflight.tell(
          layer.on("click", () => use(nth)).addTo(map), () => [nth + 1 + "  " + route.name, route.km + ", " + route.extension]));
      });
      ghosts.forEach((layer) => { if (layer.bringToBack) layer.bringToBack(); });
    }
    return {
      get id() { return scene ? scene.id : ""; },
      get scene() { return scene; },
      get held() { return Boolean(handles && handles.held); },
      get focused() { return handles ? handles.focused : -1; },
      focus(nth) { if (handles) handles.focus(nth); },
      fit,
      resize() { map.invalidateSize({ animate: false }); fit(); },
      // Without a route, the ground alone.
      build(ground, route) {
        refocus = this.focused;
        const look = map && scene.routes.length && scene.pole === ground.pole && scene.pole === 0 ? { centre: map.getCenter(), zoom: map.getZoom() } : null;
        if (map) map.remove();
        byId("of-map").replaceChildren();
        scene = { ...ground, routes: route ? [route] : [], rule: null, on: "" };
        page = overflight.makeMap("of-map", scene);
        map = page.map;
        zooming = false;
        map.on("zoomanim", () => { zooming = true; }).on("zoomend", () => { zooming = false; });
        [["handles", 640], ["middles", 630]].forEach(([name, zIndex]) => { map.createPane(name).style.zIndex = zIndex; });
        cursor.options.renderer = page.renderers.marks;
        if (look) map.setView(look.centre, look.zoom, { animate: false });
        else fit();
        mark = overflight.drawAirspace(page, scene);
        placeLabels = overflight.drawLabels(map, scene, tags, [], { drawn, ends });
        placeTicks = overflight.drawTicks(page, drawn, () => 0, overflight.tellTicks);
        handles = overflight.makeHandles(map, act);
        overflight.fitButton("Show the whole route", fit).addTo(map);
        drawGhosts();
        if (!route) placeLabels();
        byId("of-map").setAttribute("aria-label", "Map of the route; arrow keys move it, plus and minus zoom; its waypoints are buttons in it");
      },
      draw(answer) {
        const { route } = answer;
        layers.forEach((layer) => layer.remove());
        Object.assign(scene, { routes: [route], rule: answer.rule, on: answer.on, found: Boolean(found) });
        const shown = overflight.drawRoute(page, scene, route, 0, () => {});
        layers = [...shown.always, ...shown.onlyPicked];
        layers.forEach((layer) => layer.addTo(map));
        drawn.splice(0, 1, shown);
        tags.splice(0, tags.length, ...route.stops.map(({ at }) => ({ at, ...HANDLE })));
        // a coordinate is no name
        ends.splice(0, ends.length, ...overflight.endsOf(map, route).filter((stop) => !isPlain(stop.name))
          .map((stop) => ({ ...stop, away: AWAY, short: shortOf(stop.name) })));
        mark("member", answer.members);
        ["forbidden", "consented"].forEach((standing) => mark(standing, route.entered.filter((one) => one.standing === standing).flatMap((one) => one.pieces)));
        mark("barrier", found ? found.barrier : []);
        handles.show(route.stops, answer.middles);
        if (refocus >= 0) handles.focus(refocus);
        refocus = -1;
        if (!handles.held) placeLabels();
        placeTicks();
        profile(0);
      },
      // The routes that were found, beside the one that is drawn; null for none.
      show(routes) {
        found = routes;
        if (map) drawGhosts();
      },
      // Whether every waypoint can be seen.
      shows: (route) => route.stops.every((stop) => map.getBounds().contains(overflight.latlng(stop.at))),
    };
  };
})();
