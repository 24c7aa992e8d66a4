"""The time at which the tests take place."""

NOW = 1_795_514_400.0  # 2026-11-24T10:00:00Z
