# Makes a repository in this folder: branches main and other, what is changed, what is stashed.
set -e
git init -q -b main .
for name in a b.f c.d m.m folder/g; do
    mkdir -p "$(dirname $name)"
    echo one > $name
done
printf '*.f filter=f\n*.d diff=d\n*.m merge=m\n' > .gitattributes
git add .
git commit -qm one
git tag -m v1 v1
git checkout -q -b other
echo new > new.f
echo new > new.d
git add .
git commit -qm new
echo other > m.m
git commit -qam other
git checkout -q main
echo main > m.m
git commit -qam main
echo kept > a
echo kept > c.d
git stash -q
for name in a b.f c.d; do
    echo two > $name
done

cat > "$OUTSIDE/submodule" <<'END'
git init -q sub
cd sub
echo '*.f filter=f' > .gitattributes
echo one > s.f
git add .
git commit -qm one
git commit -q --allow-empty -m more
cd ..
git add sub 2>/dev/null
echo two > sub/s.f
END

cat > "$OUTSIDE/signed" <<'END'
body=$(git cat-file commit HEAD | sed '/^$/q')
{
    git cat-file commit HEAD | sed '/^$/,$d'
    printf 'gpgsig -----BEGIN PGP SIGNATURE-----\n \n -----END PGP SIGNATURE-----\n\nsigned\n'
} > "$OUTSIDE/commit"
id=$(git hash-object -t commit -w "$OUTSIDE/commit")
git branch signed "$id"
git update-ref HEAD "$id"
END

cat > "$OUTSIDE/lose" <<'END'
id=$(git rev-parse HEAD:a)
rm -f ".git/objects/$(echo "$id" | cut -c1-2)/$(echo "$id" | cut -c3-)"
END
