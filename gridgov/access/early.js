// Asks for the page while the scripts that will show it are still on their way: opens the connection
// that Streamlit's script would open, and sends what it would send first. `tools/bundle/socket.js`
// takes both over; where its own first message is another one, it is sent as well.
(() => {
  const bytes = (text) => [...new TextEncoder().encode(text)];
  const number = (value) => {
    // Negative numbers are ten bytes long (Protocol Buffers, int32).
    let rest = BigInt.asUintN(64, BigInt(value));
    const found = [];
    for (; rest > 127n; rest >>= 7n) found.push(Number(rest & 127n) | 128);
    return [...found, Number(rest)];
  };
  const field = (at, content) => [(at << 3) | 2, ...number(content.length), ...content];
  const text = (at, value) => (value ? field(at, bytes(value)) : []);
  const place = `${location.origin}${location.pathname}`;
  const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
  // BackMsg.rerun_script: query_string, widget_states, page_name, context_info.
  const context = [
    ...text(1, Intl.DateTimeFormat().resolvedOptions().timeZone),
    ...[2 << 3, ...number(new Date().getTimezoneOffset())],
    ...text(3, navigator.language),
    ...text(4, place),
    ...[5 << 3, 0],
    ...text(6, isDark ? "dark" : "light"),
  ];
  const asked = [
    ...text(1, location.search.slice(1)),
    ...field(2, []),
    ...text(4, decodeURIComponent(location.pathname.replace(/^\/|\/$/g, ""))),
    ...field(8, context),
  ];
  const sent = new Uint8Array(field(11, asked));
  const address = `${location.origin.replace(/^http/, "ws")}/_stcore/stream?packed=1`;
  const socket = new WebSocket(address, ["streamlit", "PLACEHOLDER_AUTH_TOKEN"]);
  const frames = [];
  const keep = (event) => frames.push(event.data);
  socket.binaryType = "arraybuffer";
  socket.addEventListener("open", () => socket.send(sent), { once: true });
  socket.addEventListener("message", keep);
  window.gridgovStream = { socket, sent, frames, keep };
})();
