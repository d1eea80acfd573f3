/** The tokens of the product, light and dark; served as a file, so that the pages need no inline style. */
export const stylesheet = `
:root {
  color-scheme: light dark;
  --ink: #17202b; --muted: #55606e; --line: #8a94a1; --primary: #0b5cad; --on-primary: #fff;
  --wait: #8a5a00; --ok: #12703f; --danger: #b3261e; --surface: #fff; --ground: #f5f7fa; --hairline: #d9dfe6;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e8edf3; --muted: #a7b2bf; --line: #76818f; --primary: #7db8f2; --on-primary: #10151c;
    --wait: #f0be56; --ok: #5fcb94; --danger: #ff8a80; --surface: #10151c; --ground: #18202a; --hairline: #2c3642;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; display: flex; flex-direction: column; align-items: center; padding: 24px 16px;
  background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif;
  overflow-wrap: anywhere;
}
header, main { width: 100%; max-width: 440px; }
header { display: flex; align-items: center; justify-content: space-between; gap: 16px; min-height: 44px; margin: 4vh 0 12px; }
.mark { display: flex; align-items: center; gap: 10px; font-weight: 650; font-size: 18px; }
.mark svg { width: 28px; height: 28px; color: var(--primary); }
main { background: var(--surface); border: 1px solid var(--hairline); border-radius: 6px; padding: 28px; }
h1 { font-size: 24px; line-height: 1.25; margin: 0 0 12px; font-weight: 650; }
h1 + .lead { margin-top: -8px; }
p { margin: 0 0 16px; max-width: 75ch; }
.lead { color: var(--muted); margin-bottom: 20px; }
.quiet { color: var(--muted); font-size: 14px; margin: 20px 0 0; }
.notice { border-left: 3px solid var(--line); padding: 2px 0 2px 12px; color: var(--muted); font-size: 14px; margin: 0 0 20px; }
.message { display: flex; gap: 12px; border: 1px solid currentColor; border-left-width: 4px; border-radius: 6px; padding: 12px; margin: 0 0 20px; }
.message svg { flex: none; width: 20px; height: 20px; margin-top: 2px; }
.message p { margin: 0; color: var(--ink); }
.message .what { margin: 0 0 4px; font-weight: 600; }
.message.danger { color: var(--danger); }
.message.wait { color: var(--wait); }
.message.ok { color: var(--ok); }
.field { margin: 0 0 16px; }
label { display: block; font-weight: 600; margin: 0 0 4px; }
.hint { color: var(--muted); font-size: 14px; margin: 0 0 6px; }
.wrong { color: var(--danger); font-size: 14px; margin: 6px 0 0; }
input { width: 100%; min-height: 44px; font: inherit; color: inherit; background: var(--surface); border: 1px solid var(--line); border-radius: 6px; padding: 8px 12px; }
input[aria-invalid] { border-color: var(--danger); border-width: 2px; padding: 7px 11px; }
input[readonly] { background: var(--ground); }
button, .button {
  display: flex; align-items: center; justify-content: center; width: 100%; min-height: 44px; padding: 8px 20px; font: inherit; font-weight: 600;
  border-radius: 6px; border: 1px solid var(--primary); background: var(--primary); color: var(--on-primary); text-decoration: none; cursor: pointer;
}
button:hover, .button:hover { filter: brightness(1.1); }
.second { background: transparent; color: var(--primary); margin-top: 12px; }
.link { color: var(--primary); display: inline-flex; align-items: center; min-height: 44px; padding: 0 4px; }
:focus-visible { outline: 3px solid var(--primary); outline-offset: 2px; }
ul { margin: 0 0 20px; padding-left: 22px; }
li { margin-bottom: 4px; }
dl { font-size: 14px; margin: 20px 0 0; color: var(--muted); }
dd { margin: 0 0 8px; color: var(--ink); font-family: ui-monospace, 'SF Mono', Consolas, monospace; user-select: all; }
body { font-variant-numeric: tabular-nums; }
@media (max-width: 480px) {
  header { margin-top: 0; }
  main { padding: 20px; }
}
@media (forced-colors: active) { main { border: 1px solid; } }
`
