/* The ground of the map: its projection, the airspace of states, and their names. */
(() => {
  "use strict";
  const { decode, latlng, make, tell } = overflight;
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

  overflight.makeMap = (id, scene) => {
    const [west, south, east, north] = scene.whole;
    const limits = L.latLngBounds([south, west], [north, east]);
    const map = L.map(id, {
      zoomControl: false, attributionControl: false, zoomSnap: 0.25, zoomDelta: 0.5, wheelPxPerZoomLevel: 90, maxZoom: 11,
      maxBoundsViscosity: 0.9, crs: scene.pole ? polarCrs(scene) : L.CRS.EPSG3857, ...(scene.pole ? {} : { maxBounds: limits }),
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
      const lines = [(piece.area ? "Area " : "") + piece.name];
      if (piece.limits) lines.push(...piece.limits);
      if (piece.state) lines.push("airspace of " + piece.state);
      if (scene.rule) lines.push(piece.member ? scene.rule.name + ", " + scene.on : "not of the rule");
      if (piece.barrier) lines.push("Closes one end of the route off");
      if (piece.disputed) lines.push("Disputed: " + piece.disputed);
      if (piece.claimants && piece.claimants.length) lines.push("Claimed by " + piece.claimants.join(", "));
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
          className: "of-label of-pole", iconSize: [0, 0], html: make("span", "", scene.pole > 0 ? "North Pole" : "South Pole"),
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

  // Names of states: shown where they fit, the larger state first; `tags` and `lines` are what they shall not hide.
  overflight.drawLabels = (map, scene, tags, lines) => {
    const labels = scene.labels.map((label) => {
      const text = make("span", "", label.text);
      const marker = L.marker(latlng(label.at), {
        pane: "labels", interactive: false, keyboard: false, icon: L.divIcon({ className: "of-label", iconSize: [0, 0], html: text }),
      });
      return { marker, text, deg: label.deg, width: label.text.length * 6.9 + 6 };
    });
    function place() {
      const view = map.getPixelBounds().pad(0.5);
      const points = lines.map((at) => map.project(at)).filter((at) => view.contains(at));
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
            const hidden = points.filter((on) => on.x > left && on.x < right && on.y > top && on.y < bottom).length;
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
    place();
    map.on("zoomend moveend", place);
    return place;
  };

  // Where a map must look to show points, with so many pixels left free on each side. By points, for in a polar
  // projection the corners of a box of latitudes and longitudes bound nothing.
  overflight.viewOf = (map, points, { top, right, bottom, left }) => {
    const extent = L.bounds(points.map((at) => map.project(at, 0)));
    const room = map.getSize().subtract([left + right, top + bottom]);
    const size = extent.getSize();
    const fill = Math.min(room.x / Math.max(size.x, 1e-9), room.y / Math.max(size.y, 1e-9));
    const zoom = Math.min(Math.floor(Math.log2(Math.max(fill, 1)) * 4) / 4, 9);
    const middle = extent.getCenter().add(L.point(right - left, bottom - top).divideBy(2 * Math.pow(2, zoom)));
    return { centre: map.unproject(middle, 0), zoom };
  };
})();
