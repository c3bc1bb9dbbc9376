/* The panel: headline, a row and a table for each route, legend, disputes and small print. */
(() => {
  "use strict";
  const { byId, make, say, svg } = overflight;

  const KINDS = { forbidden: "of-crosses", "with-consent": "of-consent", free: "of-clear" };
  function verdict(route, rule) {
    const box = make("span", "of-said");
    if (!rule && !route.unmet.length) return box;
    // What is free of the rule may be too long, or nearer than the margin.
    const kind = route.answer === "free" && route.status !== "clear" ? "of-marginal" : KINDS[route.answer] || "of-marginal";
    box.append(make("span", "of-verdict " + kind, route.words.slice(0, 1).toUpperCase() + route.words.slice(1)));
    return box;
  }

  function cells(tag, line, words, scope) {
    words.forEach((word) => {
      const cell = make(tag, "", word);
      if (scope) cell.scope = scope;
      line.append(cell);
    });
  }

  function table(route, nth) {
    const holder = make("div", "of-detail");
    holder.id = "of-detail-" + nth;
    holder.hidden = true;
    if (route.label !== route.name) holder.append(make("p", "of-own-name", route.label));
    const grid = make("table");
    grid.append(make("caption", "", say("table")));
    const top = make("thead"), head = make("tr"), body = make("tbody");
    const columns = ["state", "in", "out", "km", ...(route.cost ? ["min"] : [])];
    cells("th", head, columns.map((name) => say(name)), "col");
    top.append(head);
    function addRow(row, part) {
      const standing = row.standing === "forbidden" ? "of-bad" : row.standing === "consented" ? "of-given" : "";
      const line = make("tr", standing + (part ? " of-part" : ""));
      cells("th", line, [row.parts ? "" : row.state], "row");
      cells("td", line, [row.from, row.to, row.km, ...(route.cost ? [row.min] : [])]);
      body.append(line);
      const lines = [line];
      const notes = [row.standing === "free" ? "" : say("stretch_" + row.standing), row.note].filter(Boolean).join("; ");
      if (notes) {
        const more = make("tr", "of-note" + (part ? " of-part" : "")), cell = make("td", "", notes);
        cell.colSpan = columns.length;
        line.classList.add("of-noted");
        more.append(cell);
        body.append(more);
        lines.push(more);
      }
      // Slivers of one border are told as one stay; a click tells each.
      if (row.parts) {
        const button = make("button", "of-unfold", row.state), parts = row.parts.flatMap((one) => addRow(one, true));
        button.type = "button";
        const unfold = (open) => {
          button.setAttribute("aria-expanded", String(open));
          parts.forEach((one) => { one.hidden = !open; });
        };
        button.addEventListener("click", () => unfold(button.getAttribute("aria-expanded") !== "true"));
        unfold(false);
        line.firstChild.append(button);
      }
      return lines;
    }
    route.rows.forEach((row) => addRow(row, false));
    grid.append(top, body);
    holder.append(grid);
    if (route.nearest.length) {
      holder.append(make("p", "", say("nearest", { what: route.nearest.map(
        (near) => near.state + " " + near.km + " km" + (near.status === "marginal" ? " (" + say("marginal") + ")" : "")).join(", ") })));
    }
    if (route.cost) holder.append(make("p", "", say("whole_flight", { what: route.cost.whole })));
    if (route.gap) holder.append(make("p", "", say("length", { gap: route.gap })));
    if (route.note) {
      const note = make("p", "of-own-note");
      note.append(overflight.linked(route.note));
      holder.append(note);
    }
    return holder;
  }

  // What it takes over the great circle, or in all.
  const cost = (route) => route.cost ? [make("span", "of-cost", route.cost.words)] : [];

  overflight.verdictOf = verdict;
  overflight.costOf = cost;
  overflight.tableOf = table;

  // What the list can be sorted by; ties stay in the order of the numbers.
  const RANK = { clear: 0, marginal: 1, crosses: 2 };
  const ORDERS = {
    number: () => 0,
    length: (a, b) => a.length_km - b.length_km,
    consents: (a, b) => a.asked - b.asked || a.length_km - b.length_km,
    verdict: (a, b) => RANK[a.status] - RANK[b.status] || a.length_km - b.length_km,
  };

  overflight.makePanel = (scene, pick) => {
    const { routes, rule } = scene;
    byId("of-title").textContent = scene.title;
    byId("of-lead").textContent = scene.on + (rule ? " · " + say("keep_out", { what: rule.long }) : "");
    byId("of-headline").textContent = scene.headline;
    byId("of-finding").textContent = scene.finding;
    byId("of-answer").hidden = !scene.headline && !scene.finding;
    byId("of-finding").hidden = !scene.finding;
    byId("of-count").textContent = say(routes.length === 1 ? "one_route" : "routes", { count: routes.length });
    const list = byId("of-routes");
    const items = routes.map((route, nth) => {
      const item = make("li"), heading = make("h3"), button = make("button", "of-route"), length = make("span", "of-km");
      button.type = "button";
      button.setAttribute("aria-expanded", "false");
      button.setAttribute("aria-controls", "of-detail-" + nth);
      length.append(make("b", "", route.km), make("span", "", route.extension));
      button.append(
        make("span", "of-badge" + (route.kind === "great-circle" ? " of-direct" : ""), String(nth + 1)),
        make("span", "of-name", route.name), length, ...cost(route), verdict(route, rule),
        ...(route.closest ? [make("span", "of-closest", say("closest", { what: route.closest }))] : []));
      button.addEventListener("click", () => pick(nth, true));
      heading.append(button);
      item.append(heading, table(route, nth));
      list.append(item);
      return { item, button };
    });
    let order = routes.map((_, nth) => nth);
    const listeners = [];
    byId("of-sorting").hidden = routes.length < 3;
    byId("of-sort").addEventListener("change", (event) => {
      const compare = ORDERS[event.target.value];
      order = routes.map((_, nth) => nth).sort((a, b) => compare(routes[a], routes[b]) || a - b);
      list.append(...order.map((nth) => items[nth].item));
      listeners.forEach((listener) => listener());
    });
    byId("of-fold").addEventListener("click", () => {
      const folded = byId("of-panel").classList.toggle("of-folded");
      byId("of-fold").textContent = say(folded ? "show" : "hide");
      byId("of-fold").setAttribute("aria-expanded", String(!folded));
    });
    return {
      items,
      order: () => order,
      onSort: (listener) => listeners.push(listener),
      show(picked) {
        items.forEach(({ button }, nth) => {
          button.setAttribute("aria-expanded", String(nth === picked));
          byId("of-detail-" + nth).hidden = nth !== picked;
        });
        byId("of-all").hidden = picked < 0 || routes.length === 1;
      },
    };
  };

  function legend(parts, words) {
    const image = svg("svg", { viewBox: "0 0 34 18", "aria-hidden": "true" }, ...parts.map(([tag, attributes]) => svg(tag, attributes)));
    const item = make("li");
    item.append(image, make("span", "", words));
    byId("of-legend").append(item);
    return item;
  }

  overflight.makeLegend = (scene) => {
    byId("of-legend").replaceChildren();
    const patch = (className) => [["rect", { x: 1, y: 1, width: 32, height: 16, class: className }]];
    const stroke = (...classes) => classes.map((name) => ["line", { x1: 0, y1: 9, x2: 34, y2: 9, class: name }]);
    const ring = (x, r, className) => ["circle", { cx: x, cy: 9, r, class: className }];
    const kinds = new Set(scene.routes.map((route) => route.kind));
    const standings = new Set(scene.routes.flatMap((route) => route.forbidden.map((stretch) => stretch.standing)));
    const entered = new Set(scene.routes.flatMap((route) => (route.entered || []).map((one) => one.standing)));
    if (scene.rule && scene.pieces.some((piece) => piece.member && !piece.area)) legend(patch("of-piece of-is-member"), scene.rule.words);
    ["forbidden", "consented"].forEach((standing) => {
      if (entered.has(standing)) legend(patch("of-piece of-is-member of-is-" + standing), say("key_entered_" + standing));
    });
    legend(patch("of-piece"), say(scene.rule ? "key_other" : "key_airspace"));
    if (scene.pieces.some((piece) => piece.disputed)) legend(patch("of-piece of-is-disputed"), say("key_disputed"));
    if (scene.pieces.some((piece) => piece.area)) legend(patch("of-piece of-is-member of-is-area"), say("key_area"));
    if (scene.pieces.some((piece) => piece.barrier)) legend(patch("of-piece of-is-member of-is-barrier"), say("key_barrier"));
    if (scene.gaps) legend(patch("of-gap"), say("key_gap"));
    (scene.layers || []).forEach((layer) => legend([...stroke("of-region-edge"), ring(17, 3.5, "of-region-entry")], say("key_layer", { name: layer.name })));
    if (kinds.has("detour") || kinds.has("given")) legend(stroke("of-casing", "of-track"), say("key_chosen"));
    if (scene.routes.length > 1) legend(stroke("of-casing", "of-track of-quiet"), say("key_others"));
    if (kinds.has("great-circle")) legend(stroke("of-casing", "of-track of-direct"), say("key_great_circle"));
    if (scene.found) legend(stroke("of-ghost"), say("key_found"));
    if (standings.has("forbidden")) legend(stroke("of-bad-casing", "of-bad-track"), say("key_forbidden"));
    if (standings.has("consented")) legend(stroke("of-bad-casing", "of-bad-track of-is-given", "of-bad-given"), say("key_consented"));
    if (scene.routes.some((route) => route.marks.some((mark) => mark.kind !== "border"))) legend([ring(9, 5.5, "of-enter"), ring(25, 5.5, "of-leave")], say("key_marks"));
    if (scene.routes.some((route) => route.marks.some((mark) => mark.kind === "border"))) legend([ring(17, 3.5, "of-border")], say("key_border"));
    if (scene.routes.some((route) => route.nearest.length)) {
      legend([["line", { x1: 2, y1: 9, x2: 27, y2: 9, class: "of-hair" }], ring(28, 3.5, "of-near")], say("key_near"));
    }
    legend([["line", { x1: 0, y1: 9, x2: 34, y2: 9, class: "of-track" + (kinds.has("detour") || kinds.has("given") ? "" : " of-direct") }], ["line", { x1: 17, y1: 3, x2: 17, y2: 15, class: "of-tick" }]], "").id = "of-key-tick";
    overflight.tellTicks(ticksKm);
  };
  // How far apart the ticks on the route are, which hangs on the zoom.
  let ticksKm = 0;
  overflight.tellTicks = (km) => {
    ticksKm = km;
    const item = byId("of-key-tick");
    if (!item) return;
    item.hidden = !km;
    item.lastChild.textContent = km ? say("key_tick", { km: overflight.number(km) }) : "";
  };

  overflight.makeNotes = (scene) => {
    const near = scene.disputes;
    byId("of-disputes").hidden = !near.length;
    byId("of-dispute-list").replaceChildren(...near.map((words) => make("li", "", words)));
    byId("of-foot").replaceChildren(
      ...[...(scene.costs ? [scene.costs] : []), ...(scene.rule ? scene.rule.applies : [])].map((words) => make("p", "", words)),
      make("p", "", say("ground", { view: scene.data.view.replace("-", " "), on: scene.on, accuracy: scene.data.accuracy_m })),
      make("p", "", say("no_advice")),
      make("p", "", say("data", { data: scene.data.version, overflight: scene.overflight })));
  };
})();
