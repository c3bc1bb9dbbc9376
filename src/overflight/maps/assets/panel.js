/* The panel: headline, a row and a table for each route, legend, disputes and small print. */
(() => {
  "use strict";
  const { byId, listed, make, svg } = overflight;

  function verdict(route, rule) {
    const said = make("span", "of-said");
    function say(kind, words) { said.append(make("span", kind, words)); }
    if (route.crossed.length) say("of-verdict of-crosses", "Crosses " + listed(route.crossed));
    else if (route.status === "marginal") {
      const near = route.nearest.filter((state) => state.status === "marginal").map((state) => state.state + " (" + state.km + " km)");
      if (near.length || !route.unmet.length) {
        say("of-verdict of-marginal", near.length ? "Marginal: too near to " + listed(near) : "Marginal");
      }
    }
    if (route.consents.length) {
      say("of-verdict of-consent", (route.kind === "detour" ? "Needs the consent of " : "With the consent of ") + listed(route.consents));
    } else if (route.status === "clear" && rule) say("of-verdict of-clear", "Clear of the rule");
    route.unmet.forEach((words) => say("of-verdict of-crosses", words));
    return said;
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
    grid.append(make("caption", "", "Airspace along the route, km from the start"));
    const top = make("thead"), head = make("tr"), body = make("tbody");
    cells("th", head, ["State", "in", "out", "km"], "col");
    top.append(head);
    route.rows.forEach((row) => {
      const line = make("tr", row.standing === "forbidden" ? "of-bad" : row.standing === "consented" ? "of-given" : "");
      cells("th", line, [row.state], "row");
      cells("td", line, [row.from, row.to, row.km]);
      body.append(line);
      const notes = [{ forbidden: "forbidden", consented: "with its consent" }[row.standing], row.note].filter(Boolean).join("; ");
      if (notes) {
        const more = make("tr", "of-note"), cell = make("td", "", notes);
        cell.colSpan = 4;
        line.classList.add("of-noted");
        more.append(cell);
        body.append(more);
      }
    });
    grid.append(top, body);
    holder.append(grid);
    if (route.nearest.length) {
      holder.append(make("p", "", "Closest to states not entered: " + route.nearest.map(
        (near) => near.state + " " + near.km + " km" + (near.status === "marginal" ? " (marginal)" : "")).join(", ") + "."));
    }
    if (route.gap) holder.append(make("p", "", "Length: " + route.gap + "."));
    if (route.note) holder.append(make("p", "of-own-note", route.note));
    return holder;
  }

  overflight.verdictOf = verdict;
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
    byId("of-lead").textContent = scene.on + (rule ? " · keep out of: " + rule.long : "");
    byId("of-headline").textContent = scene.headline;
    byId("of-finding").textContent = scene.finding;
    byId("of-answer").hidden = !scene.headline && !scene.finding;
    byId("of-finding").hidden = !scene.finding;
    byId("of-count").textContent = routes.length === 1 ? "1 route" : routes.length + " routes";
    const list = byId("of-routes");
    const items = routes.map((route, nth) => {
      const item = make("li"), heading = make("h3"), button = make("button", "of-route"), length = make("span", "of-km");
      button.type = "button";
      button.setAttribute("aria-expanded", "false");
      button.setAttribute("aria-controls", "of-detail-" + nth);
      length.append(make("b", "", route.km), make("span", "", route.extension));
      button.append(
        make("span", "of-badge" + (route.kind === "great-circle" ? " of-direct" : ""), String(nth + 1)),
        make("span", "of-name", route.name), length, verdict(route, rule));
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
      byId("of-fold").textContent = folded ? "Show list" : "Hide list";
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
  }

  overflight.makeLegend = (scene) => {
    byId("of-legend").replaceChildren();
    const patch = (className) => [["rect", { x: 1, y: 1, width: 32, height: 16, class: className }]];
    const stroke = (...classes) => classes.map((name) => ["line", { x1: 0, y1: 9, x2: 34, y2: 9, class: name }]);
    const ring = (x, r, className) => ["circle", { cx: x, cy: 9, r, class: className }];
    const kinds = new Set(scene.routes.map((route) => route.kind));
    const standings = new Set(scene.routes.flatMap((route) => route.forbidden.map((stretch) => stretch.standing)));
    if (scene.rule) legend(patch("of-piece of-is-member"), scene.rule.words);
    legend(patch("of-piece"), scene.rule ? "Other states" : "Sovereign airspace");
    if (scene.pieces.some((piece) => piece.disputed)) legend(patch("of-piece of-is-disputed"), "In dispute");
    if (scene.pieces.some((piece) => piece.area)) legend(patch("of-piece of-is-member of-is-area"), "Area of the rule");
    if (scene.pieces.some((piece) => piece.barrier)) legend(patch("of-piece of-is-member of-is-barrier"), "Closes one end off");
    if (scene.gaps) legend(patch("of-gap"), "Where it can have been in a gap of the recording");
    if (kinds.has("great-circle")) legend(stroke("of-casing", "of-track of-direct"), "Great circle, the shortest line");
    if (kinds.has("detour")) legend(stroke("of-casing", "of-track"), "Computed route");
    if (kinds.has("given")) legend(stroke("of-casing", "of-track"), "Route");
    if (scene.found) legend(stroke("of-ghost"), "Routes found");
    if (standings.has("forbidden")) legend(stroke("of-bad-casing", "of-bad-track"), "Forbidden stretch");
    if (standings.has("consented")) legend(stroke("of-bad-casing", "of-bad-track", "of-bad-given"), "The same, with consent");
    if (standings.size) legend([ring(9, 5.5, "of-enter"), ring(25, 5.5, "of-leave")], "Its entry and exit");
    if (scene.routes.some((route) => route.nearest.length)) {
      legend([["line", { x1: 2, y1: 9, x2: 27, y2: 9, class: "of-hair" }], ring(28, 3.5, "of-near")], "Closest approach");
    }
  };

  overflight.makeNotes = (scene) => {
    const near = scene.disputes;
    byId("of-disputes").hidden = !near.length;
    byId("of-dispute-list").replaceChildren(...near.map((words) => make("li", "", words)));
    byId("of-foot").replaceChildren(
      ...(scene.rule ? scene.rule.applies : []).map((words) => make("p", "", words)),
      make("p", "", "Airspace: land, internal waters and territorial sea, to 12 NM; view: " + scene.data.view.replace("-", " ")
        + ". Membership as of " + scene.on + ". Borders are known to " + scene.data.accuracy_m + " m at best and drawn simplified; all numbers are computed."),
      make("p", "", "No legal, operational or flight-planning advice."),
      make("p", "", "Data " + scene.data.version + ", overflight " + scene.overflight + ". Airspace data © OpenStreetMap contributors, ODbL 1.0."));
  };
})();
