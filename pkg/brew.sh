#!/usr/bin/env bash
# Writes the Homebrew formula for the archives whose checksums are in FOLDER to standard output.
#
#     pkg/brew.sh FOLDER
set -euo pipefail
folder=$(realpath "$1")
cd "$(dirname "$0")/.."
version=$(pkg/version.sh)
sum() {
    cut -d' ' -f1 "$folder/sumoql-$version-$1.tar.gz.sha256"
}
asset() {
    cat <<END
      url "https://github.com/sumoql/sumoql/releases/download/v$version/sumoql-$version-$1.tar.gz"
      sha256 "$(sum "$1")"
END
}
cat <<END
class Sumoql < Formula
  desc "Sumo Logic's log search language, on your own machine"
  homepage "https://github.com/sumoql/sumoql"
  version "$version"
  license any_of: ["MIT", "Apache-2.0"]

  on_macos do
    on_arm do
$(asset aarch64-apple-darwin)
    end
    on_intel do
$(asset x86_64-apple-darwin)
    end
  end

  on_linux do
    on_arm do
$(asset aarch64-unknown-linux-musl)
    end
    on_intel do
$(asset x86_64-unknown-linux-musl)
    end
  end

  def install
    bin.install "sumoql"
    man1.install Dir["doc/*.1"]
    bash_completion.install "complete/sumoql.bash" => "sumoql"
    zsh_completion.install "complete/_sumoql"
    fish_completion.install "complete/sumoql.fish"
  end

  test do
    system bin/"sumoql", "demo"
    assert_match "9 passed, 0 failed", shell_output("#{bin}/sumoql test sumoql-demo")
  end
end
END
