// The connection of an open page.
//
// Takes over what the front page has opened and asked for already (gridgov/access/early.js). Takes the
// messages of a run out of one frame (gridgov/serve/packed.py) and hands them on in one task: between
// tasks the browser builds the page anew.

function gridgovStream(address, protocols) {
  const asked = new URL(address, location.href);
  asked.searchParams.set("packed", "1");
  const early = window.gridgovStream;
  window.gridgovStream = undefined;
  // With three names an ended connection's session is asked for: that is another one.
  const isOpen = early && early.socket.readyState <= WebSocket.OPEN;
  const isEarly = isOpen && early.socket.url === asked.href && protocols.length < 3;
  if (isOpen && !isEarly) early.socket.close();
  const socket = isEarly ? early.socket : new WebSocket(asked, protocols);
  const listen = socket.addEventListener.bind(socket);
  const handOn = (listener, frame) => {
    for (const data of gridgovParts(frame)) listener.call(socket, { data });
  };
  socket.addEventListener = (type, listener, options) => {
    if (type !== "message") return listen(type, listener, options);
    listen(type, (event) => handOn(listener, event.data), options);
    return undefined;
  };
  if (isEarly) takeOver(socket, early, listen, handOn);
  return socket;
}

// What has happened before somebody listened, happens as soon as somebody does: first it is open,
// then the first message that is sent was sent already, then what came is handed on.
function takeOver(socket, early, listen, handOn) {
  const { addEventListener, send } = socket;
  const waiting = [];
  let onMessage;
  let isAsked = false;
  const begin = () => {
    for (const open of waiting.splice(0)) open.call(socket, { type: "open" });
  };
  socket.addEventListener = (type, listener, options) => {
    if (type === "open") {
      waiting.push(listener);
      if (waiting.length === 1) {
        if (socket.readyState === WebSocket.OPEN) setTimeout(begin);
        else listen("open", begin, { once: true });
      }
    } else if (type === "message") {
      onMessage = listener;
    } else {
      addEventListener(type, listener, options);
    }
  };
  socket.send = (data) => {
    socket.send = send;
    isAsked = data.length === early.sent.length && early.sent.every((byte, at) => byte === data[at]);
    if (!isAsked) send.call(socket, data);
    // Before it has asked, the page takes no answer.
    setTimeout(() => {
      socket.removeEventListener("message", early.keep);
      socket.addEventListener = addEventListener;
      addEventListener("message", onMessage);
      for (const frame of early.frames.splice(0)) handOn(onMessage, frame);
    });
  };
}

function gridgovParts(frame) {
  if (!(frame instanceof ArrayBuffer) || frame.byteLength === 0) return [frame];
  const view = new DataView(frame);
  // No message of Protocol Buffers begins with a zero.
  if (view.getUint8(0) !== 0) return [frame];
  const parts = [];
  for (let at = 1; at < frame.byteLength; ) {
    const end = at + 4 + view.getUint32(at, true);
    parts.push(frame.slice(at + 4, end));
    at = end;
  }
  return parts;
}
