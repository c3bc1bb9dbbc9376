/* The what-if page: a proposal that is drawn, judged by the server while it is, and kept in the page's address. */
(async () => {
  "use strict";
  const { byId, make, measured } = overflight;
  const HISTORY = 200;
  // 11 m, which no zoom here shows
  const DIGITS = 4;
  const wide = () => byId("of-map").clientWidth > 600;
  const trimmed = (value) => String(Number(value.toFixed(DIGITS)));
  const typed = (at) => trimmed(at.lat) + "," + trimmed(((at.lng + 180) % 360 + 360) % 360 - 180);
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

  // ---- The proposal, and what it was before.
  const opened = await overflight.askPlain("/start").catch((error) => { byId("of-headline").textContent = error.message; throw error; });
  let keys = kept() || opened.keys;
  const past = [], future = [];
  let searching = null;
  // What the hand holds moves in sight; what is typed or undone may lie out of it.
  let grabbed = null, elsewhere = false;

  function kept() {
    try {
      const found = JSON.parse(decodeURIComponent(location.hash.slice(1)));
      const texts = (all) => all === undefined || (Array.isArray(all) && all.every((one) => typeof one === "string"));
      const place = (one) => typeof one === "string" || (Array.isArray(one) && one.length === 2 && one.every(Number.isFinite));
      if (!found.waypoints.every(place) || ![found.avoid, found.allow].every(texts)) return null;
      return Array.isArray(found.waypoints) && found.waypoints.length > 1 && /^\d{4}-\d\d-\d\d$/.test(found.on) ? found : null;
    } catch {
      return null;
    }
  }
  function keep() {
    history.replaceState(null, "", "#" + encodeURIComponent(JSON.stringify(keys)));
    [["of-undo", past.length], ["of-redo", future.length], ["of-direct", keys.waypoints.length > 2], ["of-search", !searching && (keys.avoid || []).length]]
      .forEach(([name, useful]) => {
        const button = byId(name);
        // a button that is of no use any longer takes the focus with it
        if (!useful && document.activeElement === button) byId(name === "of-undo" ? "of-redo" : "of-undo").focus();
        button.disabled = !useful;
      });
  }
  function record(before, after = keys) {
    if (same(before, after)) return;
    past.push(before);
    if (past.length > HISTORY) past.shift();
    future.length = 0;
  }
  // A change that is done; one that goes on is `keys = ...; live()`.
  function change(next) {
    const before = grabbed || keys;
    grabbed = null;
    keys = { ...keys, ...next };
    record(before);
    settled();
  }
  function travel(from, to) {
    // what is in the hand is dropped first
    if (!from.length || (handles && handles.held)) return;
    grabbed = null;
    to.push(keys);
    keys = from.pop();
    elsewhere = true;
    settled();
  }
  const withWaypoints = (edit) => {
    const waypoints = [...keys.waypoints];
    edit(waypoints);
    return { waypoints };
  };
  // A departure moves by as many days; its own date is not that of UTC everywhere.
  function dated(on) {
    if (!keys.depart) return { on };
    const day = Date.parse(keys.depart.slice(0, 10)) + Date.parse(on) - Date.parse(keys.on);
    return { on, depart: new Date(day).toISOString().slice(0, 10) + keys.depart.slice(10) };
  }

  // ---- The map: made anew when the ground below the route is another.
  let scene = null, map = null, page = null, mark = () => {}, placeLabels = () => {}, placeTicks = () => {}, handles = null, profile = () => {};
  let layers = [], ghosts = [], found = null, refocus = -1;
  const drawn = [], labelled = [], tags = [];
  const cursor = L.circleMarker([0, 0], { pane: "marks", radius: 7, className: "of-at", interactive: false });

  function build(ground, route) {
    const focused = handles ? handles.focused : -1;
    const look = map && scene.pole === ground.pole && scene.pole === 0 ? { centre: map.getCenter(), zoom: map.getZoom() } : null;
    if (map) map.remove();
    byId("of-map").replaceChildren();
    scene = { ...ground, routes: [route], rule: null, on: "" };
    page = overflight.makeMap("of-map", scene);
    map = page.map;
    [["handles", 640], ["middles", 630]].forEach(([name, zIndex]) => { map.createPane(name).style.zIndex = zIndex; });
    cursor.options.renderer = page.renderers.marks;
    if (look) map.setView(look.centre, look.zoom, { animate: false });
    else fit([measured(route).points]);
    mark = overflight.drawAirspace(page, scene);
    placeLabels = overflight.drawLabels(map, scene, tags, labelled);
    placeTicks = overflight.drawTicks(page, drawn, () => 0);
    handles = overflight.makeHandles(map, act);
    fitButton().addTo(map);
    refocus = focused;
    byId("of-map").setAttribute("aria-label", "Map of the route; arrow keys move it, plus and minus zoom; its waypoints are buttons in it");
  }
  function fitButton() {
    const control = L.control({ position: "topright" });
    control.onAdd = () => {
      const box = make("div", "leaflet-bar of-fit"), button = make("button");
      button.type = "button";
      button.id = "of-fit";
      button.title = "Show the whole route";
      button.setAttribute("aria-label", "Show the whole route");
      button.append(overflight.svg("svg", { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" },
        overflight.svg("path", { d: "M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4", fill: "none", stroke: "currentColor", "stroke-width": 1.8 })));
      L.DomEvent.disableClickPropagation(box);
      button.addEventListener("click", () => fit([...(found ? found.routes : []), ...(last ? [last.route] : [])].map((route) => measured(route).points)));
      box.append(button);
      return box;
    };
    return control;
  }
  function fit(lines) {
    const pads = wide() ? { top: 56, bottom: 60, left: 90, right: 90 } : { top: 40, bottom: 46, left: 44, right: 44 };
    const { centre, zoom } = overflight.viewOf(map, lines.flat(), pads);
    map.setView(centre, zoom, { animate: false });
    map.setMinZoom(0);
  }
  function draw(answer) {
    const { route } = answer;
    layers.forEach((layer) => layer.remove());
    Object.assign(scene, { routes: [route], rule: answer.rule, on: answer.on, found: Boolean(found) });
    const shown = overflight.drawRoute(page, scene, route, 0, () => {});
    layers = [...shown.always, ...shown.onlyPicked];
    layers.forEach((layer) => layer.addTo(map));
    drawn.splice(0, 1, shown);
    labelled.splice(0, labelled.length, ...shown.points);
    const ends = overflight.endsOf(map, route);
    tags.splice(0, tags.length, ...ends.map((stop) => ({ at: stop.at, width: 34, height: 30, shift: 0 })));
    mark("member", answer.members);
    mark("barrier", found ? found.barrier : []);
    handles.show(route.stops, answer.middles);
    if (refocus >= 0) handles.focus(refocus);
    refocus = -1;
    placeTicks();
    profile(0);
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

  // ---- The verdict, in words.
  function tell(answer) {
    const { route } = answer;
    byId("of-title").textContent = answer.title;
    document.title = answer.title + ": what if?";
    byId("of-lead").textContent = answer.on + (answer.rule ? " · keep out of: " + answer.rule.long : "");
    const said = answer.headline || (keys.avoid && keys.avoid.length ? "The rule has no member on this date." : "No rule to obey: name one below.");
    // said anew only where it differs, for those who hear it
    if (byId("of-headline").textContent !== said) byId("of-headline").textContent = said;
    byId("of-doubt").textContent = answer.doubt ? "Note: " + answer.doubt + "." : "";
    byId("of-figures").textContent = route.km + (route.extension ? ", " + route.extension : "");
    byId("of-answer").dataset.status = answer.rule ? route.status : "";
    byId("of-crossed").replaceChildren(overflight.verdictOf(route, answer.rule), overflight.tableOf(route, 0));
    byId("of-detail-0").hidden = false;
    overflight.makeLegend(scene);
    overflight.makeNotes(scene);
    form.name(route.stops);
  }
  function trouble(error) {
    const refused = error instanceof overflight.Refusal;
    if (error && !refused) console.error(error);
    form.blame(refused ? error.at : []);
    byId("of-trouble").hidden = !error;
    byId("of-trouble").textContent = error ? error.message : "";
    byId("of-answer").classList.toggle("of-stale", Boolean(error));
    if (error && !last) byId("of-headline").textContent = "Nothing is judged yet.";
  }

  // ---- Asking: what is drawn now, and, once it rests, the ground below it and the calendar.
  let last = null, calendarFor = null, resting = false;
  const live = overflight.latest(async () => {
    const asked = keys;
    try {
      const answer = await overflight.ask("/check", { keys: asked, ground: scene ? scene.id : "" });
      if (resting && !answer.fits && !(handles && handles.held)) {
        const ground = await overflight.ask("/ground", { keys: asked, others: others() });
        // A map is not taken from under a hand; what it drops is asked about anew.
        if (handles && handles.held) return;
        build(ground, answer.route);
        // the route, on the turn of the Earth that this ground has
        last = await overflight.ask("/check", { keys: asked, ground: scene.id });
        draw(last);
        drawGhosts();
      } else if (scene) {
        last = answer;
        draw(last);
      }
      if (elsewhere && resting && !last.route.stops.every((stop) => map.getBounds().contains(overflight.latlng(stop.at)))) {
        fit([measured(last.route).points]);
      }
      if (asked === keys && resting) elsewhere = false;
      tell(last);
      trouble(null);
    } catch (error) {
      trouble(error);
    }
  }, (busy) => byId("of-answer").setAttribute("aria-busy", String(busy)));
  async function settled() {
    resting = true;
    form.show(keys);
    calendar.set(keys.on);
    keep();
    if (searching && !same(searching.of, subject())) searching.abort();
    if (found && !(same(found.of, subject()) && found.allowed.some((allow) => same(allow, keys.allow || [])))) forget();
    press();
    await live();
    resting = false;
    const avoid = keys.avoid || [];
    if (same(calendarFor, avoid)) return;
    calendarFor = avoid;
    try {
      const { changes } = await overflight.ask("/changes", { keys });
      if (same(calendarFor, avoid)) calendar.mark(changes);
    } catch {
      calendarFor = null;
    }
  }

  // ---- What can be done: on the map, in the form, in the list of what was found.
  const act = {
    grab() { grabbed = keys; },
    move(nth, at) {
      // Mercator goes no farther
      const lat = scene.pole ? at.lat : Math.max(-84, Math.min(84, at.lat));
      keys = { ...keys, ...withWaypoints((points) => { points[nth] = typed({ lat, lng: at.lng }); }) };
      live();
    },
    drop(nth) {
      const before = grabbed;
      grabbed = null;
      if (before) record(before);
      settled().then(() => { if (document.activeElement === document.body) handles.focus(nth); });
    },
    add(nth, at) {
      grabbed = keys;
      keys = { ...keys, ...withWaypoints((points) => points.splice(nth + 1, 0, typed(at))) };
    },
    remove(nth) {
      if (keys.waypoints.length <= 2) return;
      const onMap = handles.focused >= 0;
      change(withWaypoints((points) => points.splice(nth, 1)));
      if (onMap) handles.focus(Math.min(nth, keys.waypoints.length - 1));
    },
  };
  const form = overflight.makeForm({
    place(nth, text) {
      elsewhere = true;
      change(withWaypoints((points) => { points[nth] = text; }));
    },
    add(nth) {
      if (!last || !last.middles[nth]) return;
      const [lng, lat] = last.middles[nth];
      change(withWaypoints((points) => points.splice(nth + 1, 0, typed({ lat, lng }))));
      form.focus(nth + 1);
    },
    remove(nth) {
      act.remove(nth);
      form.focus(Math.min(nth, keys.waypoints.length - 1));
    },
    set: change,
  });
  const calendar = overflight.makeCalendar(opened.today, (on) => {
    grabbed = grabbed || keys;
    keys = { ...keys, ...dated(on) };
    live();
  }, (on) => {
    const before = grabbed || keys;
    grabbed = null;
    keys = { ...keys, ...dated(on) };
    record(before);
    settled();
  });
  byId("of-undo").addEventListener("click", () => travel(past, future));
  byId("of-redo").addEventListener("click", () => travel(future, past));
  byId("of-reverse").addEventListener("click", () => change({ waypoints: [...keys.waypoints].reverse() }));
  byId("of-direct").addEventListener("click", () => change({ waypoints: [keys.waypoints[0], keys.waypoints[keys.waypoints.length - 1]] }));
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z" || event.target.matches("input[type=text]")) return;
    event.preventDefault();
    if (event.shiftKey) travel(future, past); else travel(past, future);
  });
  window.addEventListener("hashchange", () => {
    const next = kept();
    if (next && !same(next, keys)) { record(keys, next); keys = next; elsewhere = true; settled(); }
  });
  function downloads(name, path, content) {
    byId(name).addEventListener("click", async () => {
      byId(name).disabled = true;
      await overflight.download(path, content()).then(() => trouble(null), trouble);
      byId(name).disabled = false;
    });
  }
  downloads("of-save", "/proposal", () => ({ keys }));
  downloads("of-share", "/map", () => ({ keys, others: others() }));
  byId("of-fold").addEventListener("click", () => {
    const folded = byId("of-panel").classList.toggle("of-folded");
    byId("of-fold").textContent = folded ? "Show panel" : "Hide panel";
    byId("of-fold").setAttribute("aria-expanded", String(!folded));
  });

  // ---- The shortest lawful routes, on demand.
  const subject = () => [keys.waypoints[0], keys.waypoints[keys.waypoints.length - 1], keys.on, keys.avoid, keys.margin];
  const others = () => found ? found.routes.map((route, nth) => ({ name: (nth + 1) + " " + route.name.slice(0, 150), ...route.keys })) : [];
  function forget() {
    found = null;
    byId("of-found").replaceChildren();
    byId("of-finding").hidden = true;
    drawGhosts();
  }
  function use(nth) {
    elsewhere = true;
    change(found.routes[nth].keys);
  }
  function list() {
    byId("of-found").replaceChildren(...found.routes.map((route, nth) => {
      const item = make("li"), row = make("button", "of-route"), length = make("span", "of-km");
      row.type = "button";
      row.setAttribute("aria-label", "Fly route " + (nth + 1) + ": " + route.name + ", " + route.km);
      length.append(make("b", "", route.km), make("span", "", route.extension));
      row.append(make("span", "of-badge", String(nth + 1)), make("span", "of-name", route.name), length, overflight.verdictOf(route, scene.rule));
      row.addEventListener("click", () => use(nth));
      item.append(row);
      return item;
    }));
    byId("of-finding").textContent = [found.headline, found.finding].filter(Boolean).join(" ");
    byId("of-finding").hidden = false;
    press();
    byId("of-search-title").scrollIntoView({ block: "start" });
  }
  // Which of them is flown.
  function press() {
    (found ? found.routes : []).forEach((route, nth) =>
      byId("of-found").children[nth].firstChild.setAttribute("aria-pressed", String(same(route.keys.waypoints, keys.waypoints))));
  }
  byId("of-search").addEventListener("click", async () => {
    searching = new AbortController();
    const of = subject(), allow = keys.allow || [], since = Date.now();
    searching.of = of;
    byId("of-stop").hidden = false;
    byId("of-stop").focus();
    byId("of-search").disabled = true;
    let news = "";
    const say = () => { byId("of-progress").textContent = (news || "Looking for routes that obey") + " … " + Math.round((Date.now() - since) / 1000) + " s"; };
    say();
    const clock = setInterval(() => {
      say();
      overflight.ask("/news").then((answer) => { news = answer.news; }, () => {});
    }, 1000);
    let ended = "";
    try {
      const answer = await overflight.ask("/routes", { keys }, searching.signal);
      found = { ...answer, of, allowed: [allow, ...answer.routes.map((route) => route.keys.allow)] };
      list();
      resting = true;
      if (scene) scene.id = "";
      await live();
      resting = false;
      byId("of-fit").click();
      ended = found.routes.length + (found.routes.length === 1 ? " route" : " routes") + ": the great circle"
        + (found.routes.length > 1 ? "; those that trade consents for length; other ways." : ".");
      trouble(null);
    } catch (error) {
      if (error.name === "AbortError") ended = "Stopped.";
      else trouble(error);
    }
    clearInterval(clock);
    searching = null;
    byId("of-progress").textContent = ended;
    keep();
    if (document.activeElement === byId("of-stop")) byId("of-search").focus();
    byId("of-stop").hidden = true;
  });
  byId("of-stop").addEventListener("click", () => { if (searching) searching.abort(); });

  // ---- Another size of the window.
  const profiled = { get routes() { return scene ? scene.routes : []; } };
  profile = overflight.makeProfile(profiled, drawn, () => [0], () => {}, (at, text) => {
    if (!at || !map) { cursor.remove(); return; }
    cursor.setLatLng(at).addTo(map).bindTooltip(() => make("span", "", text), { permanent: true, direction: "top", offset: [0, -8] });
  });
  new ResizeObserver(() => { if (map) map.invalidateSize({ animate: false }); }).observe(byId("of-map"));
  new ResizeObserver(() => { if (scene) profile(0); }).observe(byId("of-strip"));

  opened.blocs.forEach((bloc) => {
    const option = make("option");
    option.value = bloc.name;
    option.label = bloc.words;
    byId("of-blocs").append(option);
  });
  byId("of-key").open = wide() && window.innerHeight > 560;
  await settled();
  document.documentElement.dataset.ready = "true";
})();
