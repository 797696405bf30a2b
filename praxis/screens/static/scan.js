// The camera as a scanner, where the browser can read codes; printing. Scanners that type need none of this.
(() => {
  for (const b of document.querySelectorAll("[data-print]")) b.addEventListener("click", () => print());
  const open = document.querySelector("[data-camera]");
  if (!open || !("BarcodeDetector" in window) || !navigator.mediaDevices) return;
  open.hidden = false;
  const box = document.getElementById("camera"), video = box.querySelector("video"), said = box.querySelector("[role=status]");
  const field = document.getElementById(open.dataset.camera);
  let stream, last = "";
  const end = () => { stream?.getTracks().forEach(t => t.stop()); stream = null; box.hidden = true; };

  function take(text) {
    if (text === last) return;
    last = text;
    if (field.tagName === "TEXTAREA") { // several at a time: one a line, each once
      const lines = field.value.split("\n").map(l => l.trim()).filter(Boolean);
      said.textContent = lines.includes(text) ? `${text}: ${said.dataset.again || "✓✓"}` : `${text} ✓`;
      if (!lines.includes(text)) field.value = [...lines, text].join("\n");
    } else { field.value = text; end(); field.form.requestSubmit(); }
  }

  open.addEventListener("click", async () => {
    if (stream) return end();
    try { stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }); } catch (e) { box.hidden = false; said.textContent = e.message; return; }
    box.hidden = false;
    video.srcObject = stream;
    await video.play();
    const detector = new BarcodeDetector();
    while (stream) {
      for (const code of await detector.detect(video).catch(() => [])) take(code.rawValue.trim());
      await new Promise(r => setTimeout(r, 250));
    }
  });
  addEventListener("pagehide", end);
})();
