"""Reports that can be filed: what was read, what was found, how exactly, by which rows, and how to repeat it.

A report is one JSON document, of keys that stay; page and paper say the same in words:

======================  ===============================================================================================
key                     what
======================  ===============================================================================================
``schema``, ``report``  1 and ``"evidence"``; keys may be added, never renamed
``overflight``          version of the tool
``command``             what to type to get the report again; empty where nothing was typed
``inputs``              files as read: ``name``, ``sha256``, ``bytes``, ``read_as``, ``role``
``data``                the airspace: ``version``, ``view``, ``sha256``, ``sources`` with licences, ``attribution``
``flights``             one object for each route, see `overflight.evidence.flights`: ``recording``, ``rules`` (with the
                        ``memberships`` and their sources), ``verdict``, ``crossings`` (``entry`` and ``exit`` with
                        time, place, altitude, ``uncertainty``, the positions around), ``gaps``, ``left_out``, ...
``limits``              sentences: what the report does not say
======================  ===============================================================================================
"""

from __future__ import annotations

from overflight.evidence.report import MOST_FLIGHTS, Evidence, Input

__all__ = ["MOST_FLIGHTS", "Evidence", "Input"]
