// What HTML cannot do: open modals, keep a place in the list, keys, fuses that burn while one looks, drafts.
(() => {
  const $ = (s, e = document) => e.querySelector(s), $$ = (s, e = document) => [...e.querySelectorAll(s)];

  function ready() {
    fitting();
    for (const d of $$("dialog[data-modal]:not([open])")) d.dataset.modal ? d.show() : d.showModal();
    const preview = $("#preview");
    if (preview) {
      $("tr.on")?.classList.remove("on");
      document.getElementById(preview.dataset.row)?.classList.add("on");
    }
    for (const s of $$("aside section[id^=p-], .measure > div[id^=p-]")) s.hidden = !s.innerHTML.trim();
    for (const area of $$("textarea[data-draft]")) restore(area);
    for (const f of $$("form[data-changes]")) { typedIn(f).forEach(known); tell(f); }
    burn();
  }

  const newest = () => { const b = $(".body:has(.thread)"); if (b) b.scrollTop = b.scrollHeight; };

  // The server's clock counts, not the browser's: it may be frozen for the demo, or simply right.
  const offset = new Date($("meta[name=praxis-now]").content) - Date.now();
  const two = (a, b, unit, below) => b ? `${a}${unit} ${b}${below}` : `${a}${unit}`;
  const short = m => m < 60 ? `${m}m` : m < 1440 ? two(Math.floor(m / 60), m % 60 && String(m % 60).padStart(2, "0"), "h", "m") : two(Math.floor(m / 1440), Math.floor(m % 1440 / 60), "d", "h");

  // Fuses: the text and colour follow the clock; the order of rows never changes under the pointer.
  function burn() {
    for (const f of $$("[data-due]")) {
      const left = Math.floor((new Date(f.dataset.due) - (Date.now() + offset)) / 60000);
      const label = f.matches(".sla") ? $("span", f) : $(".left", f);
      if (!label) continue;
      const m = Math.abs(left), words = short(m);
      if (left < 0) f.dataset.tone = "red";
      const node = [...label.childNodes].findLast(n => n.nodeType === 3);
      if (node) node.textContent = left < 0 ? `${words.split(" ")[0]} over` : words;
    }
  }
  setInterval(burn, 60000);

  // A line of a log: Enter sends it, Shift Enter begins a new line.
  document.addEventListener("keydown", e => { if (e.key === "Enter" && !e.shiftKey && !e.isComposing && e.target.matches("textarea[data-enter]") && e.target.value.trim()) { e.preventDefault(); e.target.form.requestSubmit(); } });

  // Fields that exist under a condition show while it holds; hidden ones are not sent, and keep what was typed. The server decides.
  const holds = (node, form) => {
    if (node.how) { const parts = node.parts.map(p => holds(p, form)); return node.how === "all" ? parts.every(Boolean) : node.how === "any" ? parts.some(Boolean) : !parts.some(Boolean); }
    const part = form.elements[node.field];
    if (!part) return true;
    const value = part.type === "checkbox" ? String(part.checked) : part.value;
    return { is: () => node.values.includes(value), in: () => node.values.includes(value), is_not: () => !node.values.includes(value), empty: () => value === "", not_empty: () => value !== "" }[node.op]?.() ?? true;
  };
  function fitting() {
    for (const part of $$("[data-when]")) {
      const there = !part.form || holds(JSON.parse(part.dataset.when), part.form), box = part.closest(".f");
      part.disabled = !there;
      if (box) box.hidden = !there;
    }
  }
  for (const kind of ["input", "change"]) document.addEventListener(kind, e => { if (e.target.form) fitting(); });

  // Settings: changes that are not saved are counted, kept from being lost by leaving, and saved with Ctrl S.
  const firstSeen = new WeakMap();
  const valueOf = e => e.type === "checkbox" ? e.checked : e.multiple ? [...e.selectedOptions].map(o => o.value).join() : e.value;
  const known = e => { if (!firstSeen.has(e)) firstSeen.set(e, valueOf(e)); return firstSeen.get(e); };
  const typedIn = f => [...f.elements].filter(e => e.name && e.type !== "hidden" && e.matches("input, select, textarea"));
  const unsaved = f => typedIn(f).filter(e => valueOf(e) !== known(e)).length;
  function tell(f) {
    const n = unsaved(f), bar = $(".savebar", f);
    const wrong = $("[aria-invalid=true]", f), { one, more, none, wrong: refused } = bar.dataset;
    $("[data-said]", bar).textContent = n === 1 ? one : n ? more.replace("%s", n) : wrong ? refused : none;
    $("[type=reset]", bar).hidden = !n;
    bar.hidden = !n && !wrong && f.dataset.changes !== "new";
  }
  for (const kind of ["input", "change"]) document.addEventListener(kind, e => { const f = e.target.form; if (f?.matches("[data-changes]")) tell(f); });
  document.addEventListener("reset", e => { if (e.target.matches("[data-changes]")) setTimeout(() => tell(e.target)); });
  addEventListener("beforeunload", e => { if ($$("form[data-changes]:not([data-sent])").some(unsaved)) e.preventDefault(); });

  // Saved answers: / on an empty line or :: anywhere opens them; the chosen text goes where the caret was.
  let answering = null;
  function answers(area, typed) {
    answering = { area, typed };
    $("[data-answers]", area.form).click();
  }
  function insert(text, id) {
    const { area, typed } = answering ?? { area: $(".composer textarea"), typed: "" };
    area.focus();
    if (typed && area.value.slice(0, area.selectionStart).endsWith(typed)) area.setRangeText("", area.selectionStart - typed.length, area.selectionStart, "end");
    const from = area.selectionStart;
    area.setRangeText(text, from, area.selectionEnd, "end");
    if (area.form.elements.answer) area.form.elements.answer.value = id;
    area.dispatchEvent(new Event("input", { bubbles: true }));
    gap(area, from);
    answering = null;
  }
  function gap(area, from = 0) {
    const open = /\{\{.*?\}\}/g;
    open.lastIndex = from;
    const hit = open.exec(area.value);
    area.toggleAttribute("aria-invalid", Boolean(hit));
    if (hit) { area.focus(); area.setSelectionRange(hit.index, hit.index + hit[0].length); }
  }
  document.addEventListener("input", e => {
    const area = e.target;
    if (!area.matches?.(".composer textarea") || !$("[data-answers]", area.form) || e.inputType !== "insertText") return;
    const before = area.value.slice(0, area.selectionStart);
    if (before.endsWith("::")) answers(area, "::");
    else if (/(^|\n)\/$/.test(before) && /^(\n|$)/.test(area.value.slice(area.selectionStart))) answers(area, "/");
  });
  document.addEventListener("close", e => { if (e.target.matches("[data-answers-open]")) { answering?.area.focus(); e.target.remove(); } }, true);

  // Drafts: what is typed survives a lost session, a crash and a second tab.
  const key = area => `draft:${area.dataset.draft}`;
  function restore(area) {
    if (area.dataset.known) return;
    area.dataset.known = "1";
    try { area.value ||= localStorage.getItem(key(area)) || ""; } catch { /* storage is switched off */ }
  }
  document.addEventListener("input", e => {
    if (e.target.matches?.("textarea[data-draft]")) {
      try { localStorage.setItem(key(e.target), e.target.value); } catch { return; }
      const note = $("[data-drafted]", e.target.form); if (note) note.hidden = false;
    }
  });
  const sent = form => { const area = form && $("textarea[data-draft]", form); if (area) try { localStorage.removeItem(key(area)); } catch { /* nothing was kept */ } };
  document.addEventListener("htmx:after:request", e => { const c = e.detail?.ctx; if (c?.response?.status === 200 && c.sourceElement) sent(c.sourceElement.closest?.("form")); });
  document.addEventListener("submit", e => { if (!e.target.hasAttribute("hx-post")) sent(e.target); e.target.dataset.sent = "1"; });
  document.addEventListener("htmx:after:swap", () => { ready(); });
  document.addEventListener("htmx:after:request", e => {
    const composer = e.target.closest?.("form.composer");
    if (!composer) return;
    if (e.detail?.ctx?.response?.status === 422) return gap($("textarea", composer));
    for (const old of $$("#toasts .toast[data-tone=red]")) old.remove();
    if (e.detail?.ctx?.request?.method === "POST") { document.activeElement?.blur(); newest(); }
  });

  const rows = () => $$("#rows tbody tr[id], .list tbody tr:has(.ttl)");
  function step(by) {
    const all = rows(), at = all.findIndex(r => r.classList.contains("on") || r.contains(document.activeElement));
    const to = all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + by))];
    if (!to) return;
    const link = $(".ttl", to);
    $("tr.on")?.classList.remove("on"); to.classList.add("on");
    if (link.hasAttribute("hx-get") && window.htmx) link.click();
    link.focus({ preventScroll: true }); to.scrollIntoView({ block: "nearest" });
  }
  function count() {
    const n = $$("[name=pick]:checked").length, label = $("[data-count]");
    if (label) label.textContent = `${n} selected`;
  }
  // The calendar: a change is dropped on another day, or moved there with Shift and an arrow; a form posts it, the answer tells conflicts.
  function place(number, day) {
    const form = $("#drop");
    form.action = `/changes/${number}/move-to`; form.elements.day.value = day; form.requestSubmit();
  }
  document.addEventListener("dragstart", e => { const ev = e.target.closest?.("[data-number]"); if (ev) e.dataTransfer.setData("text/plain", ev.dataset.number); });
  document.addEventListener("dragover", e => { if ($("#drop") && e.target.closest?.("[data-day]")) e.preventDefault(); });
  document.addEventListener("drop", e => {
    const day = e.target.closest?.("[data-day]"), number = e.dataTransfer.getData("text/plain");
    if ($("#drop") && day && /^[A-Z]+-\d+$/.test(number)) { e.preventDefault(); place(number, day.dataset.day); }
  });
  document.addEventListener("keydown", e => {
    const ev = e.target.closest?.("[data-number]"), by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 7, ArrowUp: -7 }[e.key];
    if (!e.shiftKey || !ev || !by || !$("#drop")) return;
    e.preventDefault();
    const day = new Date(`${ev.closest("[data-day]").dataset.day}T12:00Z`);
    day.setUTCDate(day.getUTCDate() + by);
    place(ev.dataset.number, day.toISOString().slice(0, 10));
  });

  const press = k => $$(`[data-key="${k}"]`).find(b => !b.closest(".bulk") || b.checkVisibility({ visibilityProperty: true }));  // with rows chosen a key acts on them
  let first = "";

  document.addEventListener("change", e => {
    if (e.target.matches("[data-all]")) for (const b of $$("[name=pick]")) b.checked = e.target.checked;
    if (e.target.matches("[name=pick], [data-all]")) count();
    if (e.target.matches(".attach input")) $("[data-files]", e.target.parentElement).textContent = [...e.target.files].map(f => f.name).join(", ");
    if (e.target.matches("[name=internal]")) e.target.form.querySelector("textarea")?.focus();
  });
  document.addEventListener("reset", e => { if (e.target.id === "bulk") for (const b of $$("[name=pick]")) b.checked = false; });
  document.addEventListener("click", e => {
    const chosen = e.target.closest("[data-insert]");
    if (chosen) { chosen.closest("dialog").remove(); return insert(chosen.dataset.insert, chosen.dataset.answer); }
    const close = e.target.closest("[data-close]"), d = close?.closest("dialog");
    if (d) { e.preventDefault(); d.remove(); answering?.area.focus(); }
    const s = e.target.closest("[data-step]");
    if (s) step(s.dataset.step === "j" ? 1 : -1);
    const gone = e.target.closest("[data-dismiss]");
    if (gone) gone.closest(".toast").remove();
    for (const open of $$("details.drop[open]")) if (!open.contains(e.target)) open.open = false;
    if (e.target.closest("tr .ttl[hx-get]") && matchMedia("(width < 46rem)").matches) { e.preventDefault(); e.stopPropagation(); location.href = e.target.closest(".ttl").href; }
  }, true);
  document.addEventListener("keydown", e => {
    if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) { const b = $("[data-ctrl-enter]", e.target.form || document); e.preventDefault(); return b ? b.click() : e.target.form?.requestSubmit(); }
    if (e.key.toLowerCase() === "s" && (e.ctrlKey || e.metaKey) && $("form[data-changes]")) { e.preventDefault(); return $("form[data-changes] [data-save]").click(); }
    if (e.key === "Escape") {
      const editor = e.target.closest?.(".editor");
      if (editor) return $(".back", editor).click();
      for (const open of $$("details.drop[open]")) open.open = false;
      if (e.target.closest?.("dialog.beside")) return e.target.closest("dialog").remove();
      $("#bulk")?.reset();
      if (e.target.matches("input, textarea")) e.target.blur();
    }
    if (e.key === " " && e.target.matches?.("a[role=button]")) { e.preventDefault(); e.target.click(); }
    const listed = e.target.closest?.("[data-answers-open]");
    if (listed && (e.key === "ArrowDown" || e.key === "ArrowUp")) {
      const all = [$("input", listed), ...$$(".answer", listed)], at = all.indexOf(document.activeElement);
      e.preventDefault(); return all[Math.max(0, Math.min(all.length - 1, at + (e.key === "ArrowDown" ? 1 : -1)))]?.focus();
    }
    if (listed && e.key === "Enter" && e.target.matches("input")) { e.preventDefault(); return $(".answer", listed)?.click(); }
    if (e.target.closest?.(".editor") && (e.key === "ArrowDown" || e.key === "ArrowUp")) {
      const all = $$("[role=option]", e.target.closest(".editor")), at = all.indexOf(document.activeElement);
      e.preventDefault(); return all[e.key === "ArrowDown" ? Math.min(all.length - 1, at + 1) : Math.max(0, at - 1)]?.focus();
    }
    if (e.target.matches("input:not([type=checkbox]), textarea, select") || e.ctrlKey || e.metaKey || e.altKey || $("dialog[open]")) return;
    const k = e.key.toLowerCase();
    if (first === "g") { first = ""; const to = $(`[data-go="${k}"]`); if (to) { e.preventDefault(); to.click(); } return; }
    if (k === "g") { first = "g"; setTimeout(() => { first = ""; }, 1200); return; }
    let hit = true;
    if (k === "j") step(1); else if (k === "k") step(-1);
    else if (k === "x") { const box = $("tr.on [name=pick]") || document.activeElement.closest?.("tr")?.querySelector("[name=pick]"); box?.click(); }
    else if ((k === "enter" || k === "o") && $("#preview [data-open]") && !e.target.matches("a:not(.ttl), button, summary")) location.href = $("#preview [data-open]").href;
    else if (k === "/") $("[data-go='/']")?.click();
    else if (k === "?") location.href = "/keys";
    else if (k === "n" && $("[name=internal][value=on]")) { const r = $("[name=internal][value=on]"); if (r.type === "radio") { r.checked = true; r.dispatchEvent(new Event("change", { bubbles: true })); } $("textarea", r.form)?.focus(); }
    else if (k === "r" && !e.shiftKey && $(".composer textarea")) { const r = $("[name=internal][value='']"); if (r) r.checked = true; $(".composer textarea").focus(); }
    else if (k === "s" && $("#f-state .edit")) $("#f-state .edit").click();
    else if (k === "p" && !press("P") && $("#f-impact .edit")) $("#f-impact .edit").click();
    else if (press((e.shiftKey ? "Shift " : "") + k.toUpperCase())) press((e.shiftKey ? "Shift " : "") + k.toUpperCase()).click();
    else hit = false;
    if (hit) e.preventDefault();
  });
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => { ready(); newest(); }); else { ready(); newest(); }
})();
