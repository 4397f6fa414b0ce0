audit-holds =
    { $checked ->
        [1] The log is whole: { $rows } rows, each joined to the one before, and it agrees with what the signer remembers. Last row { $number }, hash { $head }.
       *[other] The log is whole: { $rows } rows, each joined to the one before. The signer could not be asked, so it is not known whether its end was cut off ({ $why }). Last row { $number }, hash { $head }.
    }
audit-changed = The log is NOT whole: row { $at } was changed after it was written. Leave the machine as it is and tell whoever is responsible.
audit-missing = The log is NOT whole: row { $at } is missing. Leave the machine as it is and tell whoever is responsible.
audit-cut = The log is NOT whole: from row { $at } on it was cut off, the signer remembers rows up to { $kept }. If a backup was just restored, that is why; if not, tell whoever is responsible.
audit-row = { $number } · { $at } · { $who } · { $deed } ({ $action }) · { $subject }{ $note }
audit-empty = The log has no rows yet.
audit-did-account = set an account
audit-did-disable = locked an account
audit-did-roles = gave roles
audit-did-login = logged in
audit-did-login-failed = failed to log in
audit-did-login-barred = was barred from logging in
audit-did-logout = logged out
audit-did-password = changed the password
audit-did-confirm = confirmed
audit-did-forbidden = was refused, without the role for it
audit-did-draft = wrote a broadcast
audit-did-send = sent a broadcast
audit-did-send-refused = sent, but was refused
audit-did-withdraw = withdrew a broadcast
audit-did-withdraw-refused = withdrew, but was refused
audit-did-restore = brought a withdrawn broadcast back
audit-did-restore-refused = brought back, but was refused
audit-did-urgent = gave an emergency
audit-did-exercise = gave an exercise
audit-did-stop = stopped what played
audit-did-all-clear = gave all clear
audit-did-all-clear-refused = gave all clear, but was refused
audit-did-cancel-job = cancelled a sound
audit-did-test-sound = played a test
audit-did-restart = restarted a device
audit-did-volume = set the volume
audit-did-settle = noted two of one name as dealt with
audit-did-certificate = issued a certificate
audit-did-open-dossier = opened papers
audit-did-archive-dossier = took an archive copy
audit-did-unlock-desk = opened the papers' lock
audit-did-lock-desk = locked the papers again
audit-did-desk-passphrase = set a passphrase for the papers
audit-did-seal-desk = sealed the key of papers
audit-did-remove-officer = took out somebody who could open papers
audit-did-destroy-month = destroyed a month's papers
audit-did-talk-give = let a village head speak over the loudspeakers
audit-did-talk-withdraw = no longer lets a village head speak over the loudspeakers
