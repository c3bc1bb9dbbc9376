"""Texts that are more than text to somebody: a template, a browser, an XML reader, matplotlib."""

from __future__ import annotations

__all__ = ["PROBES"]

PROBES = {
    "expression": "{{ 7*7 }}",
    "globals": "{{ cycler.__init__.__globals__.os.mkdir('owned') }}",
    "comment": "{# x #}",
    "raw": "{% raw %}",
    "unfinished": "{% {{ {# ",
    "line": "# for x in y\n## z",
    "script end": '</script><script>window.owned = 1; document.body.id = "owned"</script>',
    "comment and script": "<!--<script>",
    "cdata": "]]>--><!--",
    "element": "</title></style><img src=x onerror='window.owned = 1'><svg onload='window.owned = 1'>",
    "attribute": "\"' onmouseover=window.owned=1 x='`",
    "literal": "${window.owned = 1}`+(window.owned = 1)+`",
    "address": "javascript:window.owned=1",
    "schemeless": "//example.org/x",
    "prototype": "__proto__",
    "constructor": "constructor",
    "entity": "&amp;&#60;&lt;b&gt;",
    "escapes": "\\u003cb\\x3e\\",
    "placeholders": "PATTERNS MAP-ID %s {0} {title}",
    "mathematics": "$\\frac{1}{0}$ $x^ $",
    "separators": "a\u2028b\u2029c",
    "controls": "\0\x1b[31m\x07\x9b1m\x7f\x85",
    "directions": "\u202eabc\u202c\u2066x\u2069",
    "half a pair": "\ud800 \udfff",
    "no characters": "\ufffe\uffff",
    "letters": "Кишинёв 東京 \U0001f6eb \u0646\u0642\u0634\u0647\u200c\u0647\u0627",
}
