import fc from "fast-check";

/** Text that would do harm if it were taken for code. */
export const hostile = [
  "'; touch broken-out; '",
  '"; touch broken-out; "',
  "$(touch broken-out)",
  "`touch broken-out`",
  "$\u007bIFS}$HOME$$",
  "\\",
  "\\'",
  '\\"',
  "%s%n%d%%",
  "a\nb\n",
  "\n$(touch broken-out)\n",
  "!!",
  "&& touch broken-out #",
  "*?[a]{b,c}~",
  "-e",
  "@/etc/passwd",
  '""" + open("broken-out", "w") + """',
  "$\u007brequire('fs').writeFileSync('broken-out', '')}",
  "</script>",
  "__proto__",
  "grüße \u{1f600}",
];

/** Text that a shell's quotes do not make safe in a terminal, or that looks like other text. */
export const unseen = [
  "\u001b[201~\ntouch broken-out\n",
  "\u202etxt.exe",
  "\u200b",
  "\r",
  "\u007f",
];

/** Any text, most of it of characters that mean something to some tool. */
export const anyText = fc
  .array(
    fc.oneof(
      fc.constantFrom(..."'\"`$(){}[]\\%!#&;|<>*?~=@:, \t\n-a1ü"),
      fc.string({ unit: "binary", maxLength: 2 }),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join("").toWellFormed());
