"""Permit sheets: whose airspace a flight enters where and when, who is to be asked, and a text for each request.

As JSON a sheet is one document of keys that stay; keys may be added, never renamed:

======================  ===============================================================================================
key                     what
======================  ===============================================================================================
``schema``, ``sheet``   1 and ``"permits"``
``route``               ``name``, ``item15``, ``length_km``, ``high_seas_km``
``depart``, ``arrive``  times as those of an entry
``times``               how they were reckoned: ``"schedule"``, ``"pace"``, ``"recording"``, or null
``aircraft``,           as given; of ``operator``: ``given``, ``state``, ``territory``, ``mark``
``operator``, ``level``
``states``              one object for each state, in the order flown: ``state``, ``name``, ``ask`` (codes), ``answer``
                        and ``answer_in_words``, ``km``, ``stays``
``stays``               ``n``, ``role``, ``entry`` and ``exit`` (``item15``, ``lon``, ``lat``, ``km``, ``fix``, ``leg``,
                        ``time``, ``earliest``, ``latest``), ``length_km``, ``level``, ``altitude_m``, ``standing``,
                        ``rules``, ``disputed``, ``claimants``, ``remarks``
``rules``               ``rule``, ``standing``, ``applies_to``, ``binds_operator``, ``since``, ``source``, ``verified``
``limits``              sentences: what the sheet does not say
======================  ===============================================================================================
"""

from __future__ import annotations

from overflight.sheets.making import permits
from overflight.sheets.sheet import Sheet

__all__ = ["Sheet", "permits"]
