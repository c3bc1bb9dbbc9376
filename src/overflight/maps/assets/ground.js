/* The ground of the map: its projection, the airspace of states, and their names. */
(() => {
  "use strict";
  const { decode, latlng, make, say, tell } = overflight;
  const RADIAN = Math.PI / 180;

  // Around a pole: stereographic, the meridian of the routes pointing down. Units are those of Leaflet's Mercator.
  function polarCrs(scene) {
    const projection = {
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
    return L.extend({}, L.CRS.Earth, {
      code: "polar", projection, wrapLng: undefined, transformation: L.transformation(1 / Math.PI, 0.5, 1 / Math.PI, 0.5),
    });
  }

  // Shows all of what is drawn again.
  overflight.fitButton = (words, fit) => {
    const control = L.control({ position: "topright" });
    control.onAdd = () => {
      const box = make("div", "leaflet-bar of-fit"), button = make("button");
      button.type = "button";
      button.id = "of-fit";
      button.title = words;
      button.setAttribute("aria-label", words);
      button.append(overflight.svg("svg", { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" },
        overflight.svg("path", { d: "M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4", fill: "none", stroke: "currentColor", "stroke-width": 1.8 })));
      L.DomEvent.disableClickPropagation(box);
      button.addEventListener("click", fit);
      box.append(button);
      return box;
    };
    return control;
  };

  overflight.makeMap = (id, scene) => {
    overflight.words = scene.words || {};
    const [west, south, east, north] = scene.whole;
    const limits = L.latLngBounds([south, west], [north, east]);
    const map = L.map(id, {
      zoomControl: false, attributionControl: false, zoomSnap: 0, zoomDelta: 0.5, wheelPxPerZoomLevel: 90, maxZoom: 11,
      maxBoundsViscosity: 0.9, crs: scene.pole ? polarCrs(scene) : L.CRS.EPSG3857, ...(scene.pole ? {} : { maxBounds: limits }),
    });
    // Leaflet rounds to whole pixels, which makes a line of many points tremble.
    map.latLngToLayerPoint = (at) => {
      const point = map.project(L.latLng(at))._subtract(map.getPixelOrigin());
      return L.point(Math.round(point.x * 10) / 10, Math.round(point.y * 10) / 10);
    };
    const container = map.getContainer();
    container.setAttribute("role", "region");
    container.setAttribute("aria-label", say("map"));
    L.control.zoom({ position: "topright", zoomInTitle: say("zoom_in"), zoomOutTitle: say("zoom_out") }).addTo(map);
    L.control.scale({ imperial: false, maxWidth: 130, position: "bottomleft" }).addTo(map);
    L.control.attribution({ prefix: false, position: "bottomright" })
      .addAttribution(make("span", "", say("attribution")).innerHTML).addTo(map);
    // Shapes that listen are stops of the tab key in some browsers; the panel tells all they do, in fewer stops.
    map.on("layeradd", (event) => {
      const element = event.layer instanceof L.Path && event.layer.getElement();
      if (element) element.setAttribute("tabindex", "-1");
      if (event.layer instanceof L.Renderer) event.layer._container.setAttribute("aria-hidden", "true");
    });
    const renderers = {};
    [["airspace", 250], ["outlines", 260], ["gaps", 270], ["routes", 410], ["ticks", 415], ["marks", 420]].forEach(([name, zIndex]) => {
      map.createPane(name).style.zIndex = zIndex;
      renderers[name] = L.svg({ pane: name, padding: 0.7 });
    });
    map.createPane("labels").style.zIndex = 350;
    map.createPane("ticklabels").style.zIndex = 425;
    return { map, limits, renderers };
  };

  overflight.drawAirspace = ({ map, renderers }, scene) => {
    const [west, south, east, north] = scene.whole;
    // The cut opposite the routes is no border: what it cuts has fill and outline drawn apart, the outline without it.
    const onEdge = (at) => at[1] === west || at[1] === east || at[0] === south || at[0] === north;
    const isCut = (a, b) => (a[1] === b[1] && (a[1] === west || a[1] === east)) || (a[0] === b[0] && (a[0] === south || a[0] === north));
    function outline(ring) {
      const runs = [[]];
      ring.forEach((at, nth) => {
        const next = ring[(nth + 1) % ring.length];
        runs[runs.length - 1].push(at);
        if (isCut(at, next)) runs.push([]);
        else if (nth === ring.length - 1) runs[runs.length - 1].push(next);
      });
      return runs.filter((run) => run.length > 1);
    }
    function words(piece) {
      const lines = [piece.area ? say("area", { name: piece.name }) : piece.name];
      const since = piece.member && scene.since && Object.hasOwn(scene.since_of, piece.n) ? scene.since[scene.since_of[piece.n]] : [];
      if (piece.limits) lines.push(...piece.limits);
      if (piece.state) lines.push(say("airspace_of", { state: piece.state }));
      if (scene.rule) lines.push(say(piece.member ? "of_rule" : "not_of_rule", { rule: scene.rule.name, on: scene.on }), ...since);
      if (piece.barrier) lines.push(say("key_barrier"));
      if (piece.disputed) lines.push(say("disputed", { dispute: piece.disputed }));
      if (piece.claimants && piece.claimants.length) lines.push(say("claimed_by", { states: overflight.listed(piece.claimants) }));
      return lines;
    }
    const states = scene.pieces.map((piece) => ({ piece, rings: piece.rings.map((polygon) => polygon.map(decode)), shapes: [] }));
    function layers(turn) {
      const moved = (points) => turn ? points.map((at) => [at[0], at[1] + turn]) : points;
      return states.flatMap(({ piece, rings, shapes }) => {
        const classes = ["of-piece", ...["member", "disputed", "area", "barrier"].filter((key) => piece[key]).map((key) => "of-is-" + key)];
        const options = { className: classes.join(" "), smoothFactor: 0 };
        const made = [];
        if (rings.some((polygon) => polygon[0].some(onEdge))) {
          made.push(L.polyline(rings.flat().flatMap(outline).map(moved), {
            ...options, className: options.className + " of-outline", renderer: renderers.outlines, pane: "outlines", interactive: false,
          }));
          options.className += " of-fill";
        }
        const shape = L.polygon(rings.map((polygon) => polygon.map(moved)), { ...options, renderer: renderers.airspace, pane: "airspace" });
        made.push(tell(shape, () => words(piece), { click: true }));
        shapes.push(...made);
        return made;
      });
    }
    layers(0).forEach((layer) => layer.addTo(map));
    // Says of which pieces something holds, such as that they are of the rule, by their numbers.
    function mark(key, numbers) {
      const chosen = new Set(numbers);
      states.forEach(({ piece, shapes }) => {
        if (piece.n === undefined || Boolean(piece[key]) === chosen.has(piece.n)) return;
        piece[key] = !piece[key];
        shapes.forEach((shape) => {
          shape.options.className = shape.options.className.replace(" of-is-" + key, "") + (piece[key] ? " of-is-" + key : "");
          if (shape.getElement()) shape.getElement().classList.toggle("of-is-" + key, piece[key]);
        });
      });
    }
    if (scene.pole) {
      L.marker([90 * scene.pole, 0], {
        pane: "labels", interactive: false, keyboard: false, icon: L.divIcon({
          className: "of-label of-pole", iconSize: [0, 0], html: make("span", "", say(scene.pole > 0 ? "north_pole" : "south_pole")),
        }),
      }).addTo(map);
      return mark;
    }
    // On a screen wider than the Earth, the next turn of it.
    const copies = new Map();
    function copyAirspace() {
      const view = map.getBounds();
      [[-360, view.getWest() < west], [360, view.getEast() > east]].forEach(([turn, needed]) => {
        if (needed && !copies.has(turn)) {
          copies.set(turn, layers(turn));
          copies.get(turn).forEach((layer) => layer.addTo(map));
        }
      });
    }
    copyAirspace();
    map.on("moveend resize", copyAirspace);
    return mark;
  };

  // Where a map must look to show points, with so many pixels left free on each side. By points, for in a polar
  // projection the corners of a box of latitudes and longitudes bound nothing.
  overflight.viewOf = (map, points, { top, right, bottom, left }) => {
    const extent = L.bounds(points.map((at) => map.project(at, 0)));
    const room = map.getSize().subtract([left + right, top + bottom]);
    const size = extent.getSize();
    const fill = Math.min(room.x / Math.max(size.x, 1e-9), room.y / Math.max(size.y, 1e-9));
    const zoom = Math.min(Math.log2(Math.max(fill, 0.25)), 9);
    const middle = extent.getCenter().add(L.point(right - left, bottom - top).divideBy(2 * Math.pow(2, zoom)));
    return { centre: map.unproject(middle, 0), zoom };
  };
})();
