/* The proposal that is being drawn: its keys, what they were before, and its place in the page's address and history. */
(() => {
  "use strict";
  const HISTORY = 200;
  // 11 m, which no zoom here shows
  const DIGITS = 4;
  const trimmed = (value) => String(Number(value.toFixed(DIGITS)));
  overflight.typed = (at) => trimmed(at.lat) + "," + trimmed(((at.lng + 180) % 360 + 360) % 360 - 180);
  overflight.same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
  // Waypoints are A, B, ... Z, AA: routes have the numbers.
  overflight.letter = (nth) => (nth < 26 ? "" : overflight.letter(Math.floor(nth / 26) - 1)) + String.fromCharCode(65 + nth % 26);

  // So long is an address at most: all waypoints and rules that the server takes, and a long reason.
  const LONGEST = 100000;
  const written = (keys) => "#" + encodeURIComponent(JSON.stringify(keys));
  function addressOf(keys) {
    const whole = written(keys);
    return whole.length <= LONGEST ? whole : written({ ...keys, why: undefined, sources: undefined });
  }

  // What the address holds, if that is a proposal; whether it can be judged, the server says.
  function kept() {
    if (location.hash.length > LONGEST) return null;
    try {
      const found = JSON.parse(decodeURIComponent(location.hash.slice(1)));
      const texts = (all) => all === undefined || (Array.isArray(all) && all.every((one) => typeof one === "string"));
      const place = (one) => typeof one === "string" || (Array.isArray(one) && one.length === 2 && one.every(Number.isFinite));
      if (!found.waypoints.every(place) || ![found.avoid, found.allow, found.never].every(texts)) return null;
      if (found.depart !== undefined && !/^\d{4}-\d\d-\d\d[Tt ]/.test(found.depart)) return null;
      return found.waypoints.length > 1 && /^\d{4}-\d\d-\d\d$/.test(found.on) ? found : null;
    } catch {
      return null;
    }
  }

  overflight.makeDraft = (served) => {
    let keys = kept() || served, held = null;
    const past = [], future = [];
    function stepsTo(found, list) {
      const nth = list.map((one) => overflight.same(one, found)).lastIndexOf(true);
      return nth < 0 ? Infinity : list.length - nth;
    }
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
      // Takes over what the address has been changed to; tells whether that is anything new. A step back or forward in the
      // browser's history is one here, or several.
      reread() {
        const found = kept();
        if (!found || overflight.same(found, keys)) return false;
        const before = keys;
        held = null;
        const back = stepsTo(found, past), on = stepsTo(found, future);
        if (back === Infinity && on === Infinity) { keys = found; record(before); }
        else for (let n = Math.min(back, on); n > 0; n -= 1) { if (back <= on) travel(past, future); else travel(future, past); }
        return true;
      },
      // Writes the address: as a new step of the browser's history, or in the place of the last one.
      keep(step) {
        const address = addressOf(keys);
        if (address === location.hash || address.length > LONGEST) return;
        try {
          history[step ? "pushState" : "replaceState"](null, "", address);
        } catch (error) {
          // some browsers refuse it when it comes too often
          if (error.name !== "SecurityError") throw error;
        }
      },
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
