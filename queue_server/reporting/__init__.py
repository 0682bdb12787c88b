"""Figures from the log: events become report tables, tables answer the questions that managers ask.

    rows        what the tables hold: visits, calls, stages of service, ratings, presses, questions asked
    fold        events -> rows; pure
    touched     the rows that a batch of events made or changed
    history     what earlier days tell of a day to come
    advice      which counter to open, when, and why; pure
    exports     answers as CSV and XLSX
    silences    when a channel of ratings could ask nobody; pure
    stretches   what counters do with their time; pure
    tables      `reports.db`: follows the log, may be deleted and rebuilt at any time
    figures     percentiles, shares; pure, with their sources
    definitions every figure of the history: what it counts, its unit, what it can be cut by
    questions   the figures over days, by hour, service, counter, clerk or class, in SQL
    day         the rows of a business day -> the report of that day; pure
    day_text    the report as people read it, and as CSV; pure

What each figure means stands once: for the history in `definitions` and its words, for the day where it is computed. No
rate is given without its counts, and none under `figures.LEAST_SAMPLE`.
"""
