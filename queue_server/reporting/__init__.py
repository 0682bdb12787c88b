"""Figures from the log: events become report tables, tables answer the questions that managers ask.

    rows        what the tables hold: visits, calls, stages of service, ratings, presses, questions asked
    fold        events -> rows; pure
    tables      `reports.db`: follows the log, may be deleted and rebuilt at any time
    figures     percentiles, shares, Wilson intervals; pure, with their sources
    day         the rows of a business day -> the report of that day; pure
    day_text    the report as people read it, and as CSV; pure

What each figure means stands where it is computed, and nowhere else. No rate is given without its counts, and none
under `figures.LEAST_SAMPLE`.
"""
