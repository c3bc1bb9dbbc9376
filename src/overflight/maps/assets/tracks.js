/* The routes on the map: lines, forbidden stretches, marks, closest approaches and kilometre ticks. */
(() => {
  "use strict";
  const { decode, decodeKm, latlng, make, number, roundStep, say, tell } = overflight;
  const TICK_PX = 72;

  // Names of the two ends stand outside, away from the line between them.
  overflight.endsOf = (map, route) => {
    const ends = route.stops.filter((stop) => stop.end);
    const across = ends.map((stop) => map.project(latlng(stop.at), 0).x);
    return ends.map((stop, nth) => ({ ...stop, side: across[nth] >= across[1 - nth] ? 1 : -1 }));
  };

  // A route as points with kilometres; `at` finds the place of a kilometre on it.
  overflight.measured = (route) => {
    const points = route.runs.flatMap((run) => decode(run.at));
    const km = route.runs.flatMap((run) => decodeKm(run.km));
    function at(wanted) {
      let low = 0, high = km.length - 1;
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (km[middle] <= wanted) low = middle; else high = middle;
      }
      const [a, b] = [points[low], points[high]];
      // Beside a pole the line is cut, and jumps to the opposite meridian.
      const part = Math.abs(a[1] - b[1]) > 90 || km[high] === km[low] ? 0 : Math.min(Math.max((wanted - km[low]) / (km[high] - km[low]), 0), 1);
      return { at: [a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part], from: a, to: b, span: km[high] - km[low] };
    }
    return { points, km, length: km[km.length - 1], at };
  };

  overflight.drawRoute = ({ map, renderers }, scene, route, nth, pick) => {
    const runs = route.runs.map((run) => decode(run.at));
    const direct = route.kind === "great-circle";
    const always = [], onlyPicked = [];
    const rule = scene.rule ? scene.rule.name : "";
    function line(points, className, interactive) {
      const path = L.polyline(points, {
        renderer: renderers.routes, pane: "routes", className, interactive: Boolean(interactive), smoothFactor: 0.3, bubblingMouseEvents: false,
      });
      always.push(path);
      return path;
    }
    function dot(at, radius, className, lines, list) {
      const options = { renderer: renderers.marks, pane: "marks", bubblingMouseEvents: false };
      const shown = L.circleMarker(latlng(at), { ...options, radius, className });
      tell(shown, () => lines, { click: true, tooltip: { direction: "top", offset: [0, -4] } });
      list.push(shown);
      // A finger needs more room than a pointer.
      if (!overflight.hovers) list.push(tell(L.circleMarker(latlng(at), { ...options, radius: 15, className: "of-touch" }), () => lines));
    }
    line(runs, "of-casing");
    line(runs, "of-track" + (direct ? " of-direct" : ""));
    const hit = line(runs, "of-hit", true).on("click", () => pick(nth, false));
    if (overflight.hovers) tell(hit, () => [nth + 1 + "  " + route.name, route.km + (route.extension ? ", " + route.extension : ""), ...(route.cost ? [route.cost.words] : [])]);
    route.forbidden.forEach((stretch) => {
      const points = stretch.runs.map(decode);
      const given = stretch.standing === "consented";
      line(points, "of-bad-casing");
      const bad = line(points, "of-bad-track" + (given ? " of-is-given" : ""), true).on("click", () => pick(nth, false));
      tell(bad, () => [stretch.text[0], given ? say("stretch_consented") : say("stretch_rule", { rule }), ...stretch.text.slice(1)]);
      if (given) line(points, "of-bad-given");
    });
    route.stops.forEach((stop) => { if (!stop.end) dot(stop.at, 3, "of-turn", [stop.name], onlyPicked); });
    route.nearest.forEach((near) => {
      const words = [say(near.status === "marginal" ? "approach_marginal" : "approach", near), ...near.text];
      onlyPicked.push(L.polyline([latlng(near.on), latlng(near.to)], {
        renderer: renderers.ticks, pane: "ticks", className: "of-hair of-near-" + near.status, interactive: false, smoothFactor: 0,
      }));
      dot(near.to, 3.5, "of-near of-near-" + near.status, words, onlyPicked);
    });
    route.marks.forEach((mark) => {
      const plain = mark.kind === "border";
      dot(mark.at, plain ? 3.5 : 5.5, "of-" + mark.kind + (mark.standing === "consented" ? " of-is-given" : ""), mark.text, plain ? onlyPicked : always);
    });
    (route.entries || []).forEach((entry) => dot(entry.at, 3.5, "of-region-entry", entry.text, onlyPicked));
    return { ...overflight.measured(route), always, onlyPicked };
  };

  // Where a recorded flight can have been while nothing was recorded.
  overflight.drawGaps = ({ map, renderers }, scene) => {
    (scene.gaps || []).forEach((gap) => {
      const points = decode(gap.at);
      const options = { renderer: renderers.gaps, pane: "gaps", smoothFactor: 0.3, bubblingMouseEvents: false };
      const look = { ...options, className: "of-gap" + (gap.closed ? "" : " of-open"), interactive: false };
      (gap.closed ? L.polygon(points, look) : L.polyline(points, look)).addTo(map);
      // Its edge tells; what lies inside goes on telling whose airspace it is.
      tell(L.polyline(points, { ...options, className: "of-hit" }), () => gap.text, { click: true }).addTo(map);
    });
  };

  // The edges of layers, such as flight information regions.
  overflight.drawLayers = ({ map, renderers }, scene) => {
    (scene.layers || []).forEach((layer) => {
      L.polyline(layer.lines.map(decode), {
        renderer: renderers.gaps, pane: "gaps", className: "of-region-edge", interactive: false, smoothFactor: 0.3,
      }).addTo(map);
    });
  };

  // Ticks across the line of the route that is shown, at round kilometres, as many as fit at this zoom; `told` is
  // told how many kilometres apart they are, and 0 where there are none.
  overflight.drawTicks = ({ map, renderers }, drawn, shown, told = () => {}, labelled = () => true) => {
    const layer = L.layerGroup().addTo(map);
    function place() {
      layer.clearLayers();
      const view = map.getPixelBounds().pad(0.1);
      const route = drawn[shown()];
      if (!route) { told(0); return; }
      const middle = route.at(route.length / 2);
      const pixels = map.project(middle.from).distanceTo(map.project(middle.to));
      const step = roundStep(Math.max(TICK_PX * middle.span / pixels, 1));
      const ticks = [];
      for (let km = step; km < route.length - step * 0.2 && ticks.length < 400; km += step) {
        const { at, from, to } = route.at(km);
        const on = map.project(at);
        const along = map.project(to).subtract(map.project(from));
        const size = Math.hypot(along.x, along.y);
        if (!size || !view.contains(on)) continue;
        const across = L.point(-along.y / size, along.x / size);
        ticks.push([-1, 1].map((side) => map.unproject(on.add(across.multiplyBy(5 * side)))));
        if (!labelled()) continue;
        // Beside the line, on the side that is nearer to the right or below.
        const side = across.x + across.y * 0.5 >= 0 ? 1 : -1;
        const text = make("span", "", number(km));
        text.style.transform = "translate(-50%, -50%) translate(" + (across.x * side * 22).toFixed(1) + "px," + (across.y * side * 13).toFixed(1) + "px)";
        L.marker(at, {
          pane: "ticklabels", interactive: false, keyboard: false, icon: L.divIcon({ className: "of-tick-label", iconSize: [0, 0], html: text }),
        }).addTo(layer).getElement().setAttribute("aria-hidden", "true");
      }
      if (ticks.length) {
        L.polyline(ticks, { renderer: renderers.ticks, pane: "ticks", className: "of-tick", interactive: false, smoothFactor: 0 }).addTo(layer);
      }
      told(ticks.length ? step : 0);
    }
    map.on("moveend", place);
    return place;
  };
})();
