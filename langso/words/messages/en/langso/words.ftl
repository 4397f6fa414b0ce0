words-exported =
    { $count ->
        [one] { $count } sentence written to { $file }.
       *[other] { $count } sentences written to { $file }.
    }
words-imported =
    { $count ->
        [one] { $count } file changed in { $folder }.
       *[other] { $count } files changed in { $folder }.
    }
words-import-refused =
    { $count ->
        [one] One place in the table is wrong and nothing was changed; please correct it and import again:
       *[other] { $count } places in the table are wrong and nothing was changed; please correct them and import again:
    }{ $problems }
words-import-no-table = This file is no CSV table in UTF-8; save it again from the spreadsheet as “CSV UTF-8”.
words-import-no-columns = The table lacks the column id or a column of texts; keep the first line as exported: { $columns }.
words-import-unknown = Line { $line }: no sentence has the id “{ $id }”; leave the column id as it is.
words-import-variables = Line { $line }, { $id }, column { $column }: keep exactly these places for values: { $names }.
words-import-no-variables = Line { $line }, { $id }, column { $column }: this sentence has no places for values; remove the braces.
words-import-letters = Line { $line }, { $id }, column { $column }: it has characters that cannot be seen or turn letters round; type the sentence anew.
words-amount = { $number } dong
words-money = { $number } dong
words-not-an-amount = An amount must be a whole number of at most nine quadrillion dong.
words-speech-too-long = The text is longer than { $most } letters; divide it into several.
