packages-wheels =
    { $name }: { $count ->
        [one] { $count } wheel
       *[other] { $count } wheels
    }, { $seconds } s
packages-imported = { $name }: { $count } modules imported, { $last }
packages-environment = { $name }: Python environment
packages-package = { $name }: package { $release }
packages-do-unpack = unpack the Python environment
packages-do-pack = make the package
packages-missing = { $name } is missing; run deploy/setup.sh to fetch fonts and models.
packages-not-here = Làng Số is installed on this machine; a signing key must not be here, make the stick where packages are made.
packages-none = There are no packages in { $packages }; run make packages first.
packages-writing = Writing the stick, then reading it back …
packages-fingerprint = Fingerprint of the key, to write on paper and compare at the first installation:
packages-do-read-archive = read the Debian archive
packages-do-fetch-debian = fetch the Debian packages that { $name } needs
packages-do-look-at = look at the packages that { $name } needs
packages-do-list = make the list
packages-empty-list = The list { $name } is empty; run again.
packages-do-import = import every module of { $name }
packages-cannot-open = Cannot open { $name }: { $said }
packages-do-compile = compile the Python code
packages-do-build = build our code
packages-do-checkout = take the commit's code
packages-do-keep = put the Python environment aside
packages-do-environment = make the Python environment of { $lock }
packages-do-root = make a clean Debian { $number }
packages-do-open-root = open the clean Debian
packages-needs-root = Making packages needs an administrator for a clean Debian: run again with sudo.
packages-none-for = There are no packages for { $name } in { $packages }; run make packages first.
packages-needed = { $name } { $architecture }: Debian packages it needs
packages-index = { $name }: index and signature
packages-no-key = There is no signing key on this machine; to make one see: langso bundle --help
packages-stick-full = { $free } MB are free on the stick, { $needed } MB are needed; delete something (older versions are in the folder { $folder }) or use a larger one. Nothing was written.
packages-stick-fails = Cannot write the stick { $stick }: { $why }; check that it is sound.
packages-stick-broken = The stick is faulty: { $name } does not read back as written. Use another one.
packages-no-commit = { $checkout } has no commit; commit and run again.
packages-uncommitted =
    { $count ->
        [one] { $count } file is
       *[other] { $count } files are
    } changed and not committed ({ $first } …), so the package could not say which version it is; commit and run again.
packages-no-git = git is missing; install it with: apt-get install git
packages-no-checkout = { $checkout } is no git checkout that can be read, so its version is not known; make packages from a git clone.
packages-do-fetch-python = fetch the Python packages of { $name } for Debian { $number } { $architecture }
packages-strange-line = Strange line in the lock: “{ $line }”; run make lock again.
packages-tool-failed = Could not { $why } ({ $program } returned { $code }):{ $said }
packages-stick-done = Done: { $place }, { $megabytes } MB, { $seconds } s.
packages-several-keys = This machine has several signing keys; choose one with --key: { $keys }
packages-not-signed = Could not sign: { $said }
packages-gpg-silent = gpg says nothing
packages-role-office = The commune's office: console, signer, broker.
packages-role-speaker = A loudspeaker: plays signed broadcasts on time, with or without a network.
packages-role-kiosk = The kiosk of a cultural house: scans papers, pays fees, shows dossiers.
