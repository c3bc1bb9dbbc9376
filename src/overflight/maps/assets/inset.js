/* The inset: the surroundings of a pole, for routes that pass it on a map that has the north at its top. */
(() => {
  "use strict";
  const { decode, svg } = overflight;
  const SIZE = 168, EDGE_DEG = 35, BEYOND_DEG = 75, STEP_DEG = 3;
  const RADIAN = Math.PI / 180;

  function view(scene, pole, meridian) {
    const scale = (SIZE / 2 - 2) / EDGE_DEG;
    const project = ([lat, lon]) => {
      const away = Math.min(90 - pole * lat, 90) * scale;
      const turned = (lon - meridian) * RADIAN;
      return (away * Math.sin(turned)).toFixed(1) + "," + (pole * away * Math.cos(turned)).toFixed(1);
    };
    // Along a parallel the inset has an arc where a chord would cut the corner.
    const finely = (points) => points.flatMap((at, nth) => {
      const next = points[nth + 1];
      const parts = next ? Math.max(Math.ceil(Math.abs(next[1] - at[1]) / STEP_DEG), 1) : 1;
      return Array.from({ length: parts }, (_, k) => next ? [at[0] + (next[0] - at[0]) * k / parts, at[1] + (next[1] - at[1]) * k / parts] : at);
    });
    const path = (points) => "M" + points.map(project).join("L");
    const near = (points) => points.some((at) => pole * at[0] > 90 - EDGE_DEG);
    const group = svg("g", { "clip-path": "url(#of-inset-clip)" }, svg("circle", { r: SIZE / 2, class: "of-inset-sea" }));
    scene.pieces.forEach((piece) => {
      const rings = piece.rings.map((polygon) => polygon.map(decode)).filter((polygon) => near(polygon[0]));
      if (!rings.length) return;
      const classes = ["of-piece", piece.member && "of-is-member", piece.disputed && "of-is-disputed"].filter(Boolean);
      const closed = (ring) => path(finely([...ring, ring[0]])) + "Z";
      group.append(svg("path", { d: rings.flat().map(closed).join(""), class: classes.join(" "), "fill-rule": "evenodd" }));
    });
    // Across the pole, the runs of a route belong together.
    scene.routes.forEach((route) => {
      const line = path(route.runs.flatMap((run) => decode(run.at)));
      const direct = route.kind === "great-circle" ? " of-direct" : "";
      group.append(svg("path", { d: line, class: "of-casing" }), svg("path", { d: line, class: "of-track" + direct }));
      route.forbidden.forEach((stretch) => {
        const bad = path(stretch.runs.flatMap(decode));
        group.append(svg("path", { d: bad, class: "of-bad-track" + (stretch.standing === "consented" ? " of-is-given" : "") }));
        if (stretch.standing === "consented") group.append(svg("path", { d: bad, class: "of-bad-given" }));
      });
    });
    return group;
  }

  overflight.makeInset = (map, scene) => {
    if (scene.pole) return;
    const points = scene.routes.flatMap((route) => route.runs.flatMap((run) => decode(run.at)));
    const pole = [1, -1].find((sign) => points.some((at) => sign * at[0] > BEYOND_DEG));
    if (!pole) return;
    const words = overflight.say("inset", { pole: overflight.say(pole > 0 ? "north_pole" : "south_pole") });
    const image = svg("svg", { viewBox: [-SIZE / 2, -SIZE / 2, SIZE, SIZE].join(" "), role: "img", "aria-label": words });
    const cross = svg("path", { d: "M-5,0H5M0,-5V5", class: "of-inset-pole" });
    const rim = svg("circle", { r: SIZE / 2 - 1, class: "of-inset-rim" });
    const clip = svg("clipPath", { id: "of-inset-clip" }, svg("circle", { r: SIZE / 2 - 1 }));
    image.append(clip, view(scene, pole, scene.meridian), cross, rim);
    const control = L.control({ position: "topleft" });
    control.onAdd = () => {
      const box = overflight.make("div", "of-inset");
      box.append(image);
      return box;
    };
    control.addTo(map);
  };
})();
