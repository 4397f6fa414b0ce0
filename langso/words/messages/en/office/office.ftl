office-not-in-rights = The commune's list of rights does not have this office; sign the list again with the root keys.
office-signer-name = The signer
office-signer-waits = Waiting to sign at { $socket }.
office-compare-then-sign = Compare the code of each key with the minutes, then each holder signs: langso root sign { $file } --stick /media/usb
office-say-planned = { $id }: will be played at { $when }. To withdraw it: langso office withdraw { $id }
office-say-unsigned = { $id }: NOT SIGNED, no loudspeaker has it. { $why } The broadcast is kept and the service langso-office tries again by itself; if it is still not signed by { $when }, it will not be played.
office-withdrawn = { $id } is withdrawn.
office-not-withdrawn = { $id }: NOT WITHDRAWN YET, the loudspeakers still play it. { $why } The service langso-office tries again by itself.
office-urgent-given = { $id }: the emergency is being played. To give all clear: langso office clear { $id }
office-cleared = All clear is given for { $ids }.
office-not-cleared = ALL CLEAR NOT GIVEN YET, the loudspeakers are still playing. { $why } The service langso-office tries again by itself.
office-no-account = The root keys vouch for no account yet; propose one: langso office account add
office-ca-address = The office's page:  { $url }
office-ca-names = Names in the certificate: { $names } (renews itself, this one lasts until { $until })
office-ca-fingerprint = SHA-256 fingerprint of the root certificate; it must be exactly the same on the device that installs it:
office-ca-short =
    Short fingerprint (SHA-1), which Windows calls Thumbprint:
        { $sha1 }
office-ca-no-page = The page that installs the certificate is not open (`http_port = 0`); install it from a file: add --out FILE.crt
office-ca-scan = Phones in the same network open this to install it: { $url }
office-ca-written = The root certificate is written to { $out }.
office-ca-not-own = This office does not make its own certificate; if it should, set `https = "own"` in [office].
office-ca-anew = All phones and computers of the staff will have to install the certificate again. Make a new one?
office-trust-version = List of rights, version { $version }, expires { $expires }.
office-trust-root = Root keys, version { $version }: keys: { $count }, that must sign together: { $threshold }.
office-trust-issuer = May give orders: { $name } (keys { $keys }, epoch { $epoch }).
office-trust-caps = Highest volume { $volume } %; quiet hours: { $quiet }.
office-trust-revoked = Revoked devices: { $devices }.
office-trust-none = none
office-trust-no-device = The office has no device «{ $device }»; look at the name again on the page of devices.
office-trust-nothing = Nothing was named to change; add --volume, --quiet-hours, --loudness, --no-quiet-hours or --no-loudness.
office-trust-applied = Applied. List of rights, version { $version }, expires { $expires }.
office-trust-sends = The office sends the new list to the devices as soon as there is a network.
office-trust-proposal = Proposal:
office-trust-written = Written to { $out }; nothing has changed yet. Each key holder: langso root sign { $out } --stick /media/usb
office-staff-password-set = The password of { $login } is set.
office-staff-login = Login name: { $login }
office-staff-once = One-time password (7 days): { $password }
office-staff-hand-over = Hand it over in person; at the first login a new password must be set.
office-staff-locked = The account { $login } is locked.
office-staff-one =
    { $usable ->
        [1] { $login }  { $name }  [{ $roles }]
       *[other] { $login }  { $name }  [{ $roles }]  (locked)
    }
office-staff-none = There is nobody yet; add somebody with langso office staff add NAME.
office-web-name = The office's web pages
office-web-address = The office's web pages: { $url }
office-web-connected = Connected to the message broker
office-web-not-connected = Not connected to the message broker: { $why }
office-account-unvouched = The root keys do not vouch for it yet, so no kiosk calls it the commune's: number { $number }, bank { $bank }, holder { $holder }. Propose it: langso office trust vouch -o proposal.json
office-account-day = Write a day as 2027-01-31; correct it.
office-trust-accounts = The commune's accounts: { $accounts }.
office-trust-recipient = Scans are encrypted to: { $key }.
office-trust-relays = May be relayed: { $hosts }.
office-signer-scan = Open the authenticator app on { $login }'s phone (Google Authenticator, Aegis…) and scan this code:
office-signer-or-type = If it cannot be scanned, type this key into the app: { $secret }
office-signer-six = The six digits that the app shows now
office-signer-enrolled = Enrolled: from now on { $login } confirms broadcasts and emergencies with six digits. Paper codes for the drawer: sudo langso office signer codes { $login }
office-signer-invited = The enrolment code for { $login }'s passkey, for one use within 24 hours, to be typed on the Account page: { $code }
office-signer-codes = Ten paper codes for { $login }, each for one use; copy them onto paper and lock it away:
office-signer-asked = Every broadcast and emergency must be confirmed by a person, with six digits or a passkey.
office-signer-not-asked = The console gives orders without anybody confirming them. Run sudo langso office signer enrol NAME.
office-signer-one = { $login }: apps { $app }, passkeys { $passkeys }, paper codes left { $listed }
office-signer-no-alarms = { $login } may not give emergencies.
office-signer-approves = { $login } may approve what others send.
office-signer-second-never = No ordinary broadcast needs a second person. To change it: sudo langso office signer two-people whole
office-signer-second-whole = What more than half of the loudspeakers play needs a second person's approval.
office-signer-second-always = Every broadcast needs a second person's approval.
office-signer-second-few = At least two people who may approve are needed: nobody approves what is their own. To enrol another: sudo langso office signer enrol NAME --approves
office-signer-revoked = All that { $login } had enrolled is revoked.
office-signer-release-sure = Let go of all plays still in the signed plan, so that the office signs another?
office-signer-released =
    { $count ->
        [one] One play was let go of.
       *[other] { $count } plays were let go of.
    }
office-signer-clock-sure = It is { $now } now. Is that right?
office-signer-clock-believed = The signer believes this time.
office-talk-no-village = No loudspeaker stands in { $village }; the page Loudspeakers has the names.
office-talk-given = The head of { $village } may speak { $day } minutes a day, { $month } a month; loudspeakers told: { $count }.
office-talk-withdrawn = Nobody may speak over the loudspeakers of { $village } any more.
office-talk-none = No village's head may speak.
office-talk-none-in = { $village }: nobody may speak (by { $by }).
office-talk-in = { $village }: its head may speak { $day } minutes a day, { $month } a month; not told yet: { $waiting }.
office-talk-line = { $when } · { $device } · { $title }: { $seconds } s
