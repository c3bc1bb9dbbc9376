/* The proposal that is being drawn: its keys, what they were before, and its place in the page's address. */
(() => {
  "use strict";
  const HISTORY = 200;
  // 11 m, which no zoom here shows
  const DIGITS = 4;
  const trimmed = (value) => String(Number(value.toFixed(DIGITS)));
  overflight.typed = (at) => trimmed(at.lat) + "," + trimmed(((at.lng + 180) % 360 + 360) % 360 - 180);
  overflight.same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

  // What the address holds, if that is a proposal; whether it can be judged, the server says.
  function kept() {
    try {
      const found = JSON.parse(decodeURIComponent(location.hash.slice(1)));
      const texts = (all) => all === undefined || (Array.isArray(all) && all.every((one) => typeof one === "string"));
      const place = (one) => typeof one === "string" || (Array.isArray(one) && one.length === 2 && one.every(Number.isFinite));
      if (!found.waypoints.every(place) || ![found.avoid, found.never, found.allow].every(texts)) return null;
      if (found.depart !== undefined && !/^\d{4}-\d\d-\d\d[Tt ]/.test(found.depart)) return null;
      return found.waypoints.length > 1 && /^\d{4}-\d\d-\d\d$/.test(found.on) ? found : null;
    } catch {
      return null;
    }
  }

  overflight.makeDraft = (served) => {
    let keys = kept() || served, held = null;
    const past = [], future = [];
    function record(before) {
      if (overflight.same(before, keys)) return;
      past.push(before);
      if (past.length > HISTORY) past.shift();
      future.length = 0;
    }
    function travel(from, to) {
      held = null;
      to.push(keys);
      keys = from.pop();
    }
    return {
      get keys() { return keys; },
      get held() { return held !== null; },
      get undoable() { return past.length > 0; },
      get redoable() { return future.length > 0; },
      // A change that goes on is held, then sketched as often as it takes, then settled; one undo takes it back.
      hold() { held = held || keys; },
      sketch(next) { keys = { ...keys, ...next }; },
      settle(next) {
        const before = held || keys;
        held = null;
        keys = { ...keys, ...next };
        record(before);
      },
      undo() { travel(past, future); },
      redo() { travel(future, past); },
      // Takes over what the address has been changed to; tells whether that is anything new.
      reread() {
        const found = kept();
        if (!found || overflight.same(found, keys)) return false;
        const before = keys;
        keys = found;
        record(before);
        return true;
      },
      keep() { history.replaceState(null, "", "#" + encodeURIComponent(JSON.stringify(keys))); },
      points(edit) {
        const waypoints = [...keys.waypoints];
        edit(waypoints);
        return { waypoints };
      },
      // A departure moves by as many days; its own date is not that of UTC everywhere.
      dated(on) {
        if (!keys.depart) return { on };
        const day = Date.parse(keys.depart.slice(0, 10)) + Date.parse(on) - Date.parse(keys.on);
        return { on, depart: new Date(day).toISOString().slice(0, 10) + keys.depart.slice(10) };
      },
    };
  };
})();
