// What answers a change: a small run at once, a better one when nothing moves for a moment, and then the full run.

const BETTER = [2, 8]; // replicates, while nothing changes
const FULL = 1500; // milliseconds without a change

const headers = { "content-type": "application/x-www-form-urlencoded", accept: "application/json" };

export class Live {
  // `told` is called with what happens: {small}, {full}, {early}, {percent}, {place}, {wrong}.
  constructor(name, told) {
    [this.name, this.told] = [name, told];
    [this.turn, this.inFlight, this.next, this.run, this.events] = [0, false, null, null, null];
  }

  // A change is about the policies of `focus`, which are lived first; all others follow.
  changed(query, focus) {
    this.turn += 1;
    const mine = this.turn;
    clearTimeout(this.timer);
    this.stop();
    this.better?.abort();
    this.next = this.isFull === mine ? null : { query, focus, turn: this.turn, began: performance.now() };
    if (this.isFull !== mine) this.answer();
    this.timer = setTimeout(() => mine === this.turn && this.full(query), FULL);
  }

  // One at a time: what changed meanwhile is asked when the answer is there, and only the newest of it.
  async answer() {
    if (this.inFlight) return;
    this.inFlight = true;
    while (this.next !== null) {
      const change = this.next;
      this.next = null;
      const focus = new URLSearchParams(change.focus.map((name) => ["focus", name]));
      await this.ask(change, `${change.query}&${focus}&small=2`);
      this.better = new AbortController();
      for (const small of BETTER) {
        if (this.isNewest(change)) await this.ask(change, `${change.query}&small=${small}`, this.better.signal);
      }
    }
    this.inFlight = false;
  }

  // What the few replicates of a first answer say of the state as it is.
  async unchanged(query) {
    this.better = new AbortController();
    return (await this.post("small", `${query}&small=${BETTER[0]}`, this.better.signal))?.answer;
  }

  isNewest(change) {
    return this.next === null && change.turn === this.turn && this.isFull !== this.turn;
  }

  async ask(change, query, signal) {
    const found = await this.post("small", query, signal);
    if (!found || this.isFull === this.turn) return;
    if (found.wrong) this.told({ wrong: found.wrong });
    else this.told({ small: found.answer, words: found.words, milliseconds: performance.now() - change.began });
  }

  async post(what, body, signal) {
    try {
      const answer = await fetch(`/scenarios/${encodeURIComponent(this.name)}/${what}`, { method: "POST", headers, body, signal });
      if (answer.status === 204) return null;
      if (answer.ok || answer.status === 422) return await answer.json();
      return { wrong: `the server is busy (${answer.status}); it is asked again with the next change` };
    } catch {
      if (signal?.aborted) return null;
      return { wrong: "the server does not answer; it is asked again with the next change" };
    }
  }

  async full(query) {
    const mine = this.turn;
    const found = await this.post("runs", query);
    if (mine !== this.turn) {
      if (found?.run) this.cancel(found.run);
      return;
    }
    if (!found || found.wrong) {
      if (found) this.told({ wrong: found.wrong });
      return;
    }
    this.run = found.run;
    this.listen(found.run, mine);
  }

  listen(run, mine) {
    this.events = new EventSource(`/runs/${run}/events`);
    this.events.onmessage = async (event) => {
      const message = JSON.parse(event.data);
      if (mine !== this.turn) return;
      if (message.early) this.isFull = mine;
      if (message.state !== "done") this.told({ ...message, run });
      if (["done", "stopped", "failed"].includes(message.state)) this.events.close();
      if (message.state === "done") {
        const answer = await (await fetch(`/runs/${run}/answer.json`)).json();
        if (mine !== this.turn) return;
        [this.isFull, this.run] = [mine, null];
        this.told({ full: answer, run });
      }
    };
  }

  stop() {
    this.events?.close();
    if (this.run) this.cancel(this.run);
    this.run = null;
  }

  // Nobody waits for it any longer.
  cancel(run) {
    fetch(`/runs/${run}/cancel`, { method: "POST", headers }).catch(() => null);
  }
}
