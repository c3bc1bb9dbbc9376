/* The profile: a route unrolled, a band for each state; with none chosen, all routes on one scale. */
(() => {
  "use strict";
  const { byId, listed, number, roundStep, say, svg } = overflight;
  const MOST_ROWS = 9;
  const LEFT = 22, RIGHT = 16;

  const said = (band) => ["forbidden", "consented"].includes(band.standing) ? say("stretch_" + band.standing) : "";
  const reach = (band) => say("km_from_to", { from: number(band.from), to: number(band.to) });
  function describe(route) {
    return listed(route.bands.map((band) =>
      [band.name + " " + reach(band), band.time_min, band.time, said(band), band.disputed, band.beyond].filter(Boolean).join(", ")));
  }

  function axis(length, scale, y) {
    const group = svg("g", { class: "of-axis" });
    const step = roundStep(length / Math.max((scale * length) / 90, 1));
    for (let km = 0; km <= length + 1e-6; km += step) {
      const x = LEFT + km * scale;
      const tick = svg("line", { x1: x, x2: x, y1: y, y2: y + 4 });
      const word = svg("text", { x, y: y + 15, "text-anchor": km ? "middle" : "start" });
      word.textContent = number(km) + (km ? "" : " km");
      group.append(tick, word);
    }
    return group;
  }

  // The name of a state where there is room for it, else its code, else nothing.
  function nameOf(band, width, x, y) {
    const text = [band.name, band.code].find((words) => words && words.length * 6.7 + 8 < width);
    if (!text) return [];
    const word = svg("text", { x: x + width / 2, y, "text-anchor": "middle", class: "of-band-name of-band-name-" + band.standing });
    word.textContent = text;
    if (!band.time || band.time.length * 5.6 + 8 > width) return [word];
    const time = svg("text", { x: x + width / 2, y: y + 14, "text-anchor": "middle", class: "of-band-time of-band-time-" + band.standing });
    time.textContent = band.time;
    return [word, time];
  }

  function strip(route, scale, y, height, named) {
    const group = svg("g", {});
    route.bands.forEach((band) => {
      const x = LEFT + band.from * scale;
      const width = Math.max((band.to - band.from) * scale, 0.6);
      const sea = band.standing === "sea";
      const shape = { x, width, y: sea ? y + height * 0.36 : y, height: sea ? height * 0.28 : height };
      const cell = svg("g", {}, svg("rect", { ...shape, class: "of-band of-band-" + band.standing }));
      if (band.disputed) cell.append(svg("rect", { ...shape, class: "of-band-disputed" }));
      if (band.standing === "consented") {
        const middle = named ? y + height - 6 : y + height / 2;
        cell.append(svg("line", { x1: x + 1, x2: x + width - 1, y1: middle, y2: middle, class: "of-band-given" }));
      }
      const title = svg("title", {});
      title.textContent = [band.name, reach(band), band.time_min, said(band), band.time, band.disputed, band.beyond]
        .filter(Boolean).join(", ");
      cell.append(title);
      if (named && !sea) cell.append(...nameOf(band, width, x, y + height / 2 + (band.standing === "consented" || band.time ? -2 : 4)));
      group.append(cell);
    });
    return group;
  }

  overflight.makeProfile = (scene, drawn, order, pick, point) => {
    const holder = byId("of-strip");
    let shown = -1;
    function render(picked) {
      const some = order().slice(0, MOST_ROWS);
      shown = picked >= 0 || scene.routes.length > 1 ? picked : 0;
      byId("of-profile").classList.toggle("of-overview", shown < 0);
      const width = holder.clientWidth, height = holder.clientHeight;
      if (!width || !height) return;
      const image = svg("svg", { viewBox: "0 0 " + width + " " + height, width, height, role: "img" });
      const title = byId("of-profile-title");
      let length;
      if (shown >= 0) {
        const route = scene.routes[shown];
        length = drawn[shown].length;
        const scale = (width - LEFT - RIGHT) / length;
        title.textContent = say(scene.routes.length > 1 ? "profile_nth" : "profile_one", { nth: shown + 1, name: route.name, km: route.km });
        image.setAttribute("aria-label", say("unrolled", { what: describe(route) }));
        const tall = Math.min(56, height - 30);
        image.append(strip(route, scale, 6, tall, true), axis(length, scale, 8 + tall));
        image.append(svg("line", { id: "of-cursor", class: "of-cursor", y1: 2, y2: 10 + tall, x1: -9, x2: -9 }));
      } else {
        length = Math.max(...some.map((nth) => drawn[nth].length));
        const scale = (width - LEFT - RIGHT) / length;
        const leftOut = scene.routes.length - some.length;
        title.textContent = say(leftOut ? "profile_some" : "profile_all", { some: some.length, count: scene.routes.length });
        image.setAttribute("aria-label", say("profile_choose", { title: title.textContent }));
        const row = (height - 24) / some.length;
        some.forEach((nth, at) => {
          const y = 2 + at * row;
          const label = svg("text", { x: LEFT - 8, y: y + row / 2 + 3.5, "text-anchor": "end", class: "of-row-name" });
          label.textContent = nth + 1;
          const whole = svg("g", { class: "of-row" }, svg("rect", { x: 0, y, width, height: row, class: "of-row-hit" }), label,
            strip(scene.routes[nth], scale, y + row * 0.12, row * 0.76, false));
          whole.addEventListener("click", () => pick(nth, true));
          image.append(whole);
        });
        image.append(axis(length, scale, height - 21));
      }
      holder.replaceChildren(image);
    }
    // The pointer on the profile shows the place on the map.
    holder.addEventListener("pointermove", (event) => {
      const cursor = byId("of-cursor");
      if (shown < 0 || !cursor) return;
      const box = holder.getBoundingClientRect();
      const km = (event.clientX - box.left - LEFT) / (box.width - LEFT - RIGHT) * drawn[shown].length;
      const inside = km >= 0 && km <= drawn[shown].length;
      ["x1", "x2"].forEach((name) => cursor.setAttribute(name, inside ? event.clientX - box.left : -9));
      point(inside ? drawn[shown].at(km).at : null, say("km_at", { km: number(km) }));
    });
    holder.addEventListener("pointerleave", () => point(null));
    return render;
  };
})();
