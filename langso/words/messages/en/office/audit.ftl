audit-holds =
    { $checked ->
        [1] The log is whole: { $rows } rows, each joined to the one before, and it agrees with what the signer remembers. Last row { $number }, hash { $head }.
       *[other] The log is whole: { $rows } rows, each joined to the one before. The signer could not be asked, so it is not known whether its end was cut off ({ $why }). Last row { $number }, hash { $head }.
    }
audit-changed = The log is NOT whole: row { $at } was changed after it was written. Leave the machine as it is and tell whoever is responsible.
audit-missing = The log is NOT whole: row { $at } is missing. Leave the machine as it is and tell whoever is responsible.
audit-cut = The log is NOT whole: from row { $at } on it was cut off, the signer remembers rows up to { $kept }. If a backup was just restored, that is why; if not, tell whoever is responsible.
audit-row = { $number } · { $at } · { $who } · { $action } · { $subject }{ $note }
audit-empty = The log has no rows yet.
