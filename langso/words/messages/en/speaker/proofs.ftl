proofs-unplayable = it cannot be decoded ({ $why })
proofs-silent = there is no sound in it
proofs-short = it has { $found } of { $planned } seconds
proofs-bad = { $count } sound files will not be heard as planned: { $why }.
proofs-fix = Make and send the broadcast with that file again from the office.
