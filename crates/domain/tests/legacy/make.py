"""Makes hashes.tsv with the real libraries: system, password, hash.

python3 -m venv venv && venv/bin/pip install argon2-cffi bcrypt==4.3.0 django passlib werkzeug
venv/bin/python make.py > hashes.tsv
"""

import bcrypt
from django.conf import settings
from django.contrib.auth import hashers
from passlib import hash as passlib
from werkzeug.security import generate_password_hash

settings.configure()

ASCII = "correct horse battery staple"
UNICODE = "caf\u00e9 \U0001f422 na\u00efve"
LONG = "0123456789" * 7 + "the seventy-third byte and on"


def show(system, password, stored):
    print(system, password, stored, sep="\t")


for password in (ASCII, UNICODE, LONG):
    for method in ("scrypt", "scrypt:1024:4:2", "pbkdf2:sha1:1000", "pbkdf2:sha256:1000", "pbkdf2:sha512:1000"):
        show("Werkzeug", password, generate_password_hash(password, method=method))

    show("Django", password, hashers.PBKDF2PasswordHasher().encode(password, "saltsaltsalt", 1000))
    show("Django", password, hashers.PBKDF2SHA1PasswordHasher().encode(password, "saltsaltsalt", 1000))
    show("Django", password, hashers.ScryptPasswordHasher().encode(password, "saltsaltsalt", n=2**10))
    show("Django", password, hashers.Argon2PasswordHasher().encode(password, "saltsaltsalt"))
    quick = hashers.BCryptSHA256PasswordHasher()
    show("Django", password, quick.encode(password, bcrypt.gensalt(4)))

    show("passlib", password, passlib.argon2.using(type="ID", rounds=2, memory_cost=1024).hash(password))
    show("passlib", password, passlib.argon2.using(type="I", rounds=2, memory_cost=1024).hash(password))
    show("passlib", password, passlib.argon2.using(type="D", rounds=2, memory_cost=1024).hash(password))
    show("passlib", password, passlib.scrypt.using(rounds=10).hash(password))
    show("passlib", password, passlib.pbkdf2_sha1.using(rounds=1000).hash(password))
    show("passlib", password, passlib.pbkdf2_sha256.using(rounds=1000).hash(password))
    show("passlib", password, passlib.pbkdf2_sha512.using(rounds=1000).hash(password))

# bcrypt reads only the first 72 bytes, so a long password would also match with a wrong ending. Only short ones are used here.
for password in (ASCII, UNICODE):
    show("Django", password, hashers.BCryptPasswordHasher().encode(password, bcrypt.gensalt(4)))
    for version in (b"2a", b"2b"):
        show("bcrypt", password, bcrypt.hashpw(password.encode(), bcrypt.gensalt(4, prefix=version)).decode())
    # `2y` is crypt_blowfish's name for the same computation.
    same = bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()
    show("crypt_blowfish", password, same.replace("$2b$", "$2y$", 1))
# `2x` marks hashes of a version with a bug beyond ASCII; for ASCII it is the same computation.
same = bcrypt.hashpw(ASCII.encode(), bcrypt.gensalt(4)).decode()
show("crypt_blowfish", ASCII, same.replace("$2b$", "$2x$", 1))
