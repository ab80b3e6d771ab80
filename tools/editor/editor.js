// The SQL editor of the analyst's page: CodeMirror 6 as a Streamlit component.
// It sends its text when it loses the focus and with Ctrl/Cmd+Enter, never at each key.
import { autocompletion, closeBrackets, closeCompletion, closeBracketsKeymap, completionKeymap, acceptCompletion } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentLess, indentMore, insertTab } from "@codemirror/commands";
import { SQLDialect, sql } from "@codemirror/lang-sql";
import { bracketMatching, HighlightStyle, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { Compartment, EditorState, Prec } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers, placeholder } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const FONT = 'ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace, "Noto Sans SC"';

// Colours come from the page's own tokens, so that a change of theme needs no new editor.
const highlight = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword], color: "var(--gg-accent)", fontWeight: "600" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--gg-worse)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--gg-changed)" },
  { tag: [tags.lineComment, tags.blockComment], color: "var(--gg-muted)", fontStyle: "italic" },
  { tag: [tags.typeName, tags.standard(tags.name)], color: "var(--gg-better)" },
  { tag: tags.special(tags.name), color: "var(--gg-changed)", fontWeight: "600" },
]);

const frame = EditorView.theme({
  "&": {
    backgroundColor: "var(--gg-paper)", color: "var(--gg-ink)", fontSize: "14px",
    border: "1px solid var(--gg-rule)", borderRadius: "6px",
  },
  "&.cm-focused": { outline: "none", borderColor: "var(--gg-accent)" },
  ".cm-scroller": { fontFamily: FONT, lineHeight: "1.6", maxHeight: "440px", overflow: "auto" },
  ".cm-content, .cm-gutter": { minHeight: "290px" },
  ".cm-content": { caretColor: "var(--gg-ink)", padding: "8px 0" },
  ".cm-cursor": { borderLeftColor: "var(--gg-ink)" },
  ".cm-gutters": { backgroundColor: "var(--gg-panel)", color: "var(--gg-muted)", border: "none", borderRadius: "6px 0 0 6px" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine": { backgroundColor: "var(--gg-band)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--gg-accent) 26%, transparent)",
  },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { backgroundColor: "var(--gg-rule)", outline: "none" },
  ".cm-placeholder": { color: "var(--gg-muted)" },
  ".cm-tooltip": {
    backgroundColor: "var(--gg-paper)", color: "var(--gg-ink)",
    border: "1px solid var(--gg-rule)", borderRadius: "6px", overflow: "hidden",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: FONT, fontSize: "13px", maxHeight: "260px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "3px 10px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--gg-accent)", color: "var(--gg-paper)" },
  ".cm-tooltip-autocomplete li[aria-selected] .cm-completionDetail": { color: "inherit" },
  ".cm-completionDetail": { color: "var(--gg-muted)", fontStyle: "normal", marginLeft: "10px" },
  ".cm-completionIcon": { display: "none" },
});

// $name is DuckDB's named parameter; "is a word" tables of the engine come with the data.
const dialectOf = (words) => SQLDialect.define({
  keywords: words.keywords, builtin: words.functions, types: words.types,
  doubleDollarQuotedStrings: true, operatorChars: "*+-%<>!=&|~^/", specialVar: "$",
  caseInsensitiveIdentifiers: true,
});

// Columns without their table: those of the tables that the text names first, else all.
const columnsOf = (tables) => (context) => {
  const word = context.matchBefore(/[\w\u4e00-\u9fff]+/);
  if (!word || context.matchBefore(/\.\w*/)) return null;
  const text = context.state.doc.toString();
  const options = [];
  const seen = new Set();
  for (const named of [true, false]) {
    for (const table of tables) {
      if (new RegExp(`\\b${table.name}\\b`).test(text) !== named) continue;
      for (const column of table.columns) {
        if (seen.has(column.name)) continue;
        seen.add(column.name);
        options.push({ label: column.name, type: "property", detail: column.detail, boost: named ? 2 : 0 });
        // A Chinese word finds the column that it comments.
        if (column.comment) options.push({ label: column.comment, apply: column.name, displayLabel: column.name, detail: column.detail, boost: -1 });
      }
    }
  }
  return { from: word.from, options, validFor: /^[\w\u4e00-\u9fff]*$/ };
};

const functionsOf = (names) => (context) => {
  const word = context.matchBefore(/\w+/);
  if (!word || context.matchBefore(/\.\w*/)) return null;
  const apply = (view, completion, from, to) => {
    const insert = `${completion.label}()`;
    view.dispatch({ changes: { from, to, insert }, selection: { anchor: from + insert.length - 1 } });
  };
  return { from: word.from, options: names.map((label) => ({ label, type: "function", detail: "()", apply })), validFor: /^\w*$/ };
};

function languageOf(words) {
  const dialect = dialectOf(words);
  const schema = Object.fromEntries(words.tables.map((table) => [table.name, {
    self: { label: table.name, type: "type", detail: table.comment, boost: 3 },
    children: table.columns.map((column) => ({ label: column.name, type: "property", detail: column.detail })),
  }]));
  const support = sql({ dialect, schema, upperCaseKeywords: true });
  return [
    support,
    support.language.data.of({ autocomplete: columnsOf(words.tables) }),
    support.language.data.of({ autocomplete: functionsOf(words.functions.split(" ")) }),
  ];
}

const editors = new WeakMap();

function created(component, host) {
  const language = new Compartment();
  const state = { sent: null, words: null, component };
  const send = () => {
    const text = state.view.state.doc.toString();
    if (text === state.sent) return;
    state.sent = text;
    state.component.setStateValue("text", text);
  };
  const run = () => {
    closeCompletion(state.view);
    const range = state.view.state.selection.main;
    state.sent = state.view.state.doc.toString();
    // Only the chosen part runs where something is chosen.
    const chosen = range.empty ? "" : state.view.state.sliceDoc(range.from, range.to);
    state.component.setStateValue("text", state.sent);
    state.component.setTriggerValue("run", { text: chosen || state.sent });
    return true;
  };
  state.view = new EditorView({
    parent: host,
    state: EditorState.create({
      doc: component.data.text,
      extensions: [
        lineNumbers(), history(), drawSelection(), bracketMatching(), closeBrackets(),
        highlightActiveLine(), autocompletion({ icons: false, activateOnTyping: true }),
        EditorState.phrases.of(component.data.phrases || {}),
        EditorState.tabSize.of(2), indentUnit.of("  "), EditorView.lineWrapping,
        placeholder(component.data.placeholder || ""),
        syntaxHighlighting(highlight), frame, language.of([]),
        EditorView.contentAttributes.of({ "aria-label": component.data.label || "SQL", spellcheck: "false" }),
        Prec.highest(keymap.of([
          { key: "Mod-Enter", run },
          { key: "Tab", run: acceptCompletion },
          // Esc then Tab leaves the editor: a keyboard must not be caught in it.
          { key: "Tab", run: (view) => (view.state.selection.main.empty ? insertTab(view) : indentMore(view)), shift: indentLess },
          { key: "Escape", run: (view) => { view.setTabFocusMode(3000); return false; } },
        ])),
        keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...defaultKeymap]),
        EditorView.domEventHandlers({ blur: () => { send(); return false; } }),
      ],
    }),
  });
  state.language = language;
  return state;
}

export default function (component) {
  const { data, parentElement } = component;
  const host = parentElement.querySelector("[data-editor]");
  let state = editors.get(host);
  if (!state) {
    state = created(component, host);
    state.sent = data.text;
    editors.set(host, state);
  }
  state.component = component;
  const words = JSON.stringify(data.words);
  if (state.words !== words) {
    state.words = words;
    state.view.dispatch({ effects: state.language.reconfigure(languageOf(data.words)) });
  }
  return () => {
    if (!host.isConnected) { state.view.destroy(); editors.delete(host); }
  };
}
