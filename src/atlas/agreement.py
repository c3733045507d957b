"""Small words that agree with a noun phrase: singular and plural, or masculine, feminine and plural."""

from __future__ import annotations

ETRE = {
    "est": ("est", "sont"), "était": ("était", "étaient"), "sera": ("sera", "seront"), "a": ("a", "ont"),
    "fut": ("a été", "ont été"), "va": ("va", "vont"), "doit": ("doit", "doivent"), "peut": ("peut", "peuvent"),
}  # fmt: skip
BE = {"is": ("is", "are"), "was": ("was", "were"), "has": ("has", "have"), "does": ("does", "do"),
      "it": ("it", "they"), "this": ("this", "these"), "s": ("s", "")}  # fmt: skip
POSSESSIVES = {
    "my": ("mon", "^ma", "mes"), "tu": ("ton", "^ta", "tes"), "vous": ("votre", "votre", "vos"),
    "his": ("son", "^sa", "ses"), "her": ("son", "^sa", "ses"), "its": ("son", "^sa", "ses"),
    "our": ("notre", "notre", "nos"), "their": ("leur", "leur", "leurs"),
}  # fmt: skip
