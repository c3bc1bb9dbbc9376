/* The what-if page: what is drawn is judged by the server while it moves, and told in words. */
(async () => {
  "use strict";
  const { byId, same, typed } = overflight;
  const opened = await overflight.askPlain("/start").catch((error) => { byId("of-headline").textContent = error.message; throw error; });
  const draft = overflight.makeDraft(opened.keys);

  const { verdict, map: below, trouble, waiting } = overflight.makeTelling(() => form, () => board);

  // ---- Asking: the verdict on what is drawn now, at once; below it, once it rests, the ground, and the calendar.
  // What the hand holds moves in sight; what is typed or undone may lie out of it.
  const WORLD = { waypoints: ["60,-179", "-50,0", "60,179"] };
  let last = null, ground = "", elsewhere = false, started = false, gesture = "", calendarFor = null, turnsFor = null;
  const judge = overflight.latest(async () => {
    const { keys } = draft, known = ground;
    try {
      const answer = await overflight.ask("/check", { keys, ground: known });
      last = { ...answer, keys };
      verdict(last, keys);
      // on another ground, the route would lie on another turn of the Earth
      if (known && known === ground) {
        board.draw(last);
        below();
      }
      trouble(null);
    } catch (error) {
      trouble(error);
    }
  }, waiting);
  const lay = overflight.latest(async () => {
    const judged = last && last.keys === draft.keys;
    // What can't be judged leaves the map as it is; where there is none yet, there is the world.
    if (board.held || (judged ? last.fits : board.scene)) return;
    try {
      const found = await overflight.ask("/ground", judged ? { keys: last.keys, others: finder.others } : { keys: { ...WORLD, on: opened.today } });
      // A map is not taken from under a hand; what it drops is asked about anew.
      if (board.held || (!judged && board.scene)) return;
      board.build(found, judged ? last.route : null);
      if (!judged) return;
      ground = board.id;
      await judge();
    } catch (error) {
      if (judged) trouble(error);
    }
  }, (on) => byId("of-map").setAttribute("aria-busy", String(on)));
  async function rest() {
    await judge();
    await lay();
    if (!ground || board.held || last.keys !== draft.keys) return;
    if (elsewhere && !board.shows(last.route)) board.fit();
    elsewhere = false;
  }
  const ruled = (keys) => [...(keys.avoid || []), ...(keys.never || [])].length > 0;
  function buttons() {
    const useful = {
      "of-undo": draft.undoable, "of-redo": draft.redoable, "of-direct": draft.keys.waypoints.length > 2,
      "of-search": !finder.busy && ruled(draft.keys),
    };
    Object.entries(useful).forEach(([name, on]) => { if (on) byId(name).disabled = false; });
    Object.entries(useful).forEach(([name, on]) => {
      // a button that is of no use any longer would take the focus with it
      if (!on && document.activeElement === byId(name)) (["of-undo", "of-redo"].map(byId).find((other) => other !== byId(name) && !other.disabled) || byId("of-save")).focus();
      byId(name).disabled = !on;
    });
  }
  // Each change is a step of the browser's history; what goes on, such as an arrow key held down, is one.
  async function settled(doing = "") {
    const { keys } = draft;
    form.show(keys);
    calendar.set(keys.on);
    draft.keep(started && doing !== "address" && !(doing && doing === gesture));
    started = true;
    gesture = doing;
    buttons();
    finder.follow();
    turns();
    await rest();
    const asked = [draft.keys.avoid || [], draft.keys.never || [], draft.keys.operator];
    if (same(calendarFor, asked)) return;
    calendarFor = asked;
    try {
      const { changes } = await overflight.ask("/changes", { keys: draft.keys });
      if (same(calendarFor, asked)) calendar.mark(changes);
    } catch {
      calendarFor = null;
    }
  }
  // The days on which the verdict on this route changes hang on all but the date, and are asked for once it rests.
  const judgedBy = () => ({ ...draft.keys, on: "", depart: "", name: "", aircraft: "", wind: "" });
  const askTurns = overflight.latest(async () => {
    const asked = judgedBy();
    let found = [];
    try {
      if (ruled(asked)) found = (await overflight.ask("/when", { keys: draft.keys })).changes;
    } catch {
      turnsFor = null;
    }
    if (same(asked, judgedBy())) calendar.turn(found);
  }, () => {});
  function turns() {
    if (same(turnsFor, judgedBy())) return;
    turnsFor = judgedBy();
    calendar.turn([]);
    askTurns();
  }
  function change(next, { outOfSight = false, doing = "" } = {}) {
    elsewhere = elsewhere || outOfSight;
    draft.settle(next);
    return settled(doing);
  }

  // ---- What can be done: on the map, in the form, in the list of what was found.
  const act = {
    grab: draft.hold,
    move(nth, at) {
      if (nth >= draft.keys.waypoints.length) return;
      // Mercator goes no farther
      const lat = board.scene.pole ? at.lat : Math.max(-84, Math.min(84, at.lat));
      draft.sketch(draft.points((points) => { points[nth] = typed({ lat, lng: at.lng }); }));
      judge();
    },
    drop(nth, nudged = false) {
      change({}, { doing: nudged ? "nudge " + nth : "" }).then(() => { if (document.activeElement === document.body) board.focus(nth); });
    },
    add(nth, at) {
      draft.hold();
      draft.sketch(draft.points((points) => points.splice(nth + 1, 0, typed(at))));
    },
    insert(nth, at) {
      change(draft.points((points) => points.splice(nth + 1, 0, typed(at)))).then(() => board.focus(nth + 1));
    },
    remove(nth) {
      if (draft.keys.waypoints.length <= 2) return;
      const onMap = board.focused >= 0;
      change(draft.points((points) => points.splice(nth, 1)));
      if (onMap) board.focus(Math.min(nth, draft.keys.waypoints.length - 1));
    },
  };
  const board = overflight.makeBoard(act, (nth) => finder.use(nth));
  const finder = overflight.makeFinder(draft, {
    use: (keys) => change(keys, { outOfSight: true }),
    async show(found) {
      board.show(found);
      if (!found) return;
      finder.follow();
      ground = "";
      await rest();
      if (!board.held) board.fit();
    },
    done: buttons,
    trouble,
  });
  const form = overflight.makeForm(opened, {
    place: (nth, text) => change(draft.points((points) => { points[nth] = text; }), { outOfSight: true }),
    add(nth) {
      if (!last || !last.middles[nth]) return;
      const [lng, lat] = last.middles[nth];
      change(draft.points((points) => points.splice(nth + 1, 0, typed({ lat, lng }))));
      form.focus(nth + 1);
    },
    remove(nth) {
      act.remove(nth);
      form.focus(Math.min(nth, draft.keys.waypoints.length - 1));
    },
    set: (next) => change(next),
  });
  const calendar = overflight.makeCalendar(opened.today, (on) => {
    draft.hold();
    draft.sketch(draft.dated(on));
    judge();
  }, (on, doing) => change(draft.dated(on), { doing }));
  function travel(back) {
    // what is in the hand is dropped first
    if (board.held || draft.held || !(back ? draft.undoable : draft.redoable)) return;
    if (back) draft.undo(); else draft.redo();
    elsewhere = true;
    settled().then(() => { if (document.activeElement === document.body) byId(draft.undoable ? "of-undo" : "of-redo").focus(); });
  }
  byId("of-undo").addEventListener("click", () => travel(true));
  byId("of-redo").addEventListener("click", () => travel(false));
  byId("of-reverse").addEventListener("click", () => change({ waypoints: [...draft.keys.waypoints].reverse() }));
  byId("of-direct").addEventListener("click", () => change({ waypoints: [draft.keys.waypoints[0], draft.keys.waypoints[draft.keys.waypoints.length - 1]] }));
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z" || event.target.matches("input[type=text]")) return;
    event.preventDefault();
    travel(!event.shiftKey);
  });
  window.addEventListener("hashchange", () => {
    if (!draft.reread()) { draft.keep(false); return; }
    elsewhere = true;
    settled("address");
  });
  function downloads(name, path, content) {
    let busy = false;
    byId(name).addEventListener("click", async () => {
      if (busy) return;
      busy = true;
      await overflight.download(path, content()).then(() => trouble(null), trouble);
      busy = false;
    });
  }
  downloads("of-save", "/proposal", () => ({ keys: draft.keys }));
  downloads("of-share", "/map", () => ({ keys: draft.keys, others: finder.others }));
  byId("of-fold").addEventListener("click", () => {
    const folded = byId("of-panel").classList.toggle("of-folded");
    byId("of-fold").textContent = folded ? "Show panel" : "Hide panel";
    byId("of-fold").setAttribute("aria-expanded", String(!folded));
  });

  // On paper: the map at the size of a sheet, and no fields to fill in.
  function printing(on) {
    document.documentElement.classList.toggle("of-printing", on);
    if (on) byId("of-key").open = true;
    if (board.scene) board.resize();
  }
  window.addEventListener("beforeprint", () => printing(true));
  window.addEventListener("afterprint", () => printing(false));

  byId("of-key").open = byId("of-map").clientWidth > 600 && window.innerHeight > 560;
  await settled();
  document.documentElement.dataset.ready = "true";
})();
