"""The words of findings: table, briefing, map, page and plugin say what stands here, and nothing else of a finding."""
