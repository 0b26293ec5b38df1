// Writes regex.tsv: what java.util.regex finds in texts.
// usage: java Regex.java   (JDK 17; in this folder)
import java.io.*;
import java.nio.charset.StandardCharsets;
import java.util.*;
import java.util.regex.*;

public class Regex {
    /** A pattern and texts to look in. */
    static final String[][] CASES = {
        // Literals and escapes.
        {"abc", "abc", "xabcx", "ab", ""}, {"a\\.c", "a.c", "abc"}, {"\\/x\\/y", "/x/y", "x/y"}, {"\\'a\\'", "'a'", "a"}, {"\\\"k\\\":\\\"(.*?)\\\"", "\"k\":\"v\"", "k:v"},
        {"\\:\\;\\,\\=\\!\\@\\%\\_\\~\\`\\&\\#\\<\\>\\-\\ ", ":;,=!@%_~`&#<>- ", ""}, {"\\[\\](a)\\{\\}", "[]a{}", "[a]"}, {"\\\\", "a\\b", "a/b"}, {"]", "]", "["}, {"}", "}", "{"}, {"a]b}c", "a]b}c"},
        {"\\x41\\x7a", "Az", "az"}, {"\\x{1F600}", "\uD83D\uDE00", "x"}, {"\\uD83D\\uDE00", "a\uD83D\uDE00", "x"}, {"\\u00e9", "caf\u00e9", "cafe"}, {"\\0101\\012\\07", "A\n\u0007", "A"}, {"\\0377", "\u00ff"}, {"\\0400", " 0", "\u0100"},
        {"\\cA\\c[", "\u0001\u001b", "A["}, {"\\a\\e\\f\\n\\r\\t", "\u0007\u001b\f\n\r\t", "aefnrt"}, {"\\Qa.b*\\E+", "a.b*", "a.b**", "aXb"}, {"\\Q[x](y)\\E(z)", "[x](y)z", "xyz"}, {"x\\Qy.", "xy.", "xyz"}, {"\\Q\\E|b", "", "b"}, {"\\Q\\n\\E", "\\n", "\n"},
        {"[\\Q^-]\\E]+", "a^-]b", "Q"}, {"a\\E", "a"},
        // Classes.
        {"[abc]+", "xcabx", "x"}, {"[^abc]+", "abcxyz", "abc"}, {"[a-c1-3]+", "zb2c9"}, {"[-a]+", "b-a-"}, {"[a-]+", "b-a-"}, {"[a\\-z]+", "b-az"}, {"[]a]+", "x]a]", "["}, {"[^]a]+", "]ab[", "]"}, {"[.*+?(){}|^$]+", "a.*+?(){}|^$b"}, {"[\\w-]+", "a-b c", "-"},
        {"[\\w-_ .]+", "a-b _.!", "!"}, {"[\\d-x]+", "1-x2", "y"}, {"[\\w.-]+@[\\w.-]+", "<a.b-c@d-e.org>"}, {"[a^]+", "^a^"}, {"[\\^a]+", "^a"}, {"[\\]]", "]"}, {"[\\[\\]]+", "[]"}, {"[/\\\\]+", "a/\\b"}, {"[\\s\\S]+", "a\nb"}, {"[^\\s]+", " ab c"}, {"[^\\w\\s]+", "ab, c!"},
        {"[\\x41-\\x43]+", "xABCD"}, {"[\\u0400-\\u04FF]+", "\u041f\u0440\u0438\u0432\u0435\u0442 x"}, {"[\\t ]+", "a \t b"}, {"[ -~]+", "\u00e9ab c\n"}, {"[!-/:-@]+", "a!-:@b"}, {"[+--]+", "a+,-b"}, {"[a-z&&[^b]]+", "abcab", "bbb"}, {"[a-z&&[def]]+", "abcdefg"},
        {"[a-z&&def]+", "abcdefg"}, {"[a-c[x-z]]+", "maxcybn"}, {"[a-z&&[^aeiou]&&[^xyz]]+", "aeboxcd"}, {"[^a-z&&[^b]]+", "ABbc"}, {"[\\w&&[^\\d_]]+", "12ab_c3"}, {"[a-d[m-p]&&[b-n]]+", "abcdmnop"}, {"[[a-c]]+", "xabcx"}, {"[[^a-c]]+", "abcx"}, {"[a&b]+", "xa&b"}, {"[a&&b]", "a", "b", "&"},
        {"[a-z&&[bc]e]+", "abcde"}, {"[[ab][cd]&&[bc]]+", "abcd"}, {"[^[a-c][x-z]]+", "amxnc"}, {"[\\p{L}&&[^\\p{Lu}]]+", "abCD\u00e9\u00c9"}, {"[a-z&&[^m-p]&&[^x]]+", "lmnopqxr"}, {"[a-f[0-9]&&[^5]]+", "4567abc"}, {"[&&a]+", "a&"}, {"[a-b-d]+", "abcd-"}, {"[%--]+", "&-a"},
        {"[#-&~]+", "x#~&"}, {"[a~~b]+", "a~b"}, {"[a||b]+", "a|b"}, {"[\\h]+", "a \tb"}, {"[\\v]+", "a\n\u000bb"}, {"[^\\h]+", " a b"}, {"[\\n\\r]+", "a\r\nb"}, {"[\\p{Alpha}\\d]+", "-a1\u00e9"}, {"[^\\p{Alpha}]+", "ab12\u00e9"}, {"[\\P{L}]+", "a12b"}, {"[\\e\\a]", "\u001b"}, {"[\\.\\-\\/]+", "a.-/b"}, {"[\\cA-\\cC]+", "\u0002x"}, {"[\\0101-\\0103]+", "ABCD"},
        // Predefined classes: of ASCII.
        {"\\d+", "a12b", "\u0661\u0662", "x"}, {"\\D+", "12ab", "\u0661"}, {"\\w+", "-ab_1-", "caf\u00e9", "\u00e9t\u00e9", "\u65e5\u672c"}, {"\\W+", "ab, c", "a\u00e9b"}, {"\\s+", "a \t\n\u000b\f\rb", "a\u00a0b", "a\u2003b", "a\u0085b"}, {"\\S+", " ab ", "\u00a0"},
        {"x\\hy", "x y", "x\ty", "x\u00a0y", "x\u3000y", "x\u2003y", "x\u180ey", "x\ny"}, {"\\H+", " ab\n"}, {"\\v+", "a\n\r\u000b\f\u0085\u2028\u2029b", "a b"}, {"\\V+", "\nab\r"}, {"a\\Rb", "a\nb", "a\r\nb", "a\rb", "a\u0085b", "a\u2028b", "a\u000bb", "ab"}, {"a\\R", "a\r\n", "a\r"}, {"\\R{2}", "\r\n", "\n\n"}, {"(\\R)\\n", "\r\n"}, {"\\R+x", "\r\n\r\nx"},
        // Properties.
        {"\\p{L}+", "1ab\u00e9\u65e51"}, {"\\pL+", "1ab1"}, {"\\PL+", "ab12"}, {"\\p{Lu}", "abC", "ab\u00c9"}, {"\\p{Lower}+", "ABcd\u00e9"}, {"\\p{Upper}+", "abCD\u00c9"}, {"\\p{Alpha}+", "1ab\u00e9"}, {"\\p{Digit}+", "a1\u0661"}, {"\\p{Alnum}+", "-a1\u00e9"}, {"\\p{Punct}+", "a.,$+<b", "\u00bf"}, {"\\p{Graph}+", " a! "},
        {"\\p{Print}+", "\ta !\u00e9"}, {"\\p{Blank}+", "a \tb"}, {"\\p{Cntrl}+", "a\u0001\u007fb"}, {"\\p{XDigit}+", "xfF09g"}, {"\\p{Space}+", "a \n\u000bb"}, {"\\p{ASCII}+", "\u00e9ab"}, {"\\p{IsAlphabetic}+", "1a\u00e9"}, {"\\p{IsLatin}+", "\u0416ab\u00e9"}, {"\\p{IsCyrillic}+", "ab\u0416"}, {"\\p{script=Greek}+", "ab\u03b1\u03b2"},
        {"\\p{sc=Greek}+", "a\u03b1"}, {"\\p{general_category=Lu}", "aB"}, {"\\p{gc=Nd}+", "a1"}, {"\\p{InGreek}+", "a\u03b1"}, {"\\p{Sc}", "a$", "\u20ac"}, {"\\p{javaLowerCase}+", "ABc\u00e9"}, {"\\p{javaWhitespace}+", "a \u2003b", "a\u00a0b"}, {"\\p{IsUppercase}+", "a\u00c9B"}, {"\\p{IsPunctuation}+", "a!$b"}, {"\\p{IsDigit}+", "a\u06611"}, {"\\p{IsWhite_Space}+", "a\u00a0 b"},
        {"\\p{M}", "e\u0301"}, {"\\p{Zs}", "a\u00a0"}, {"\\P{Alpha}+", "ab\u00e91"}, {"\\p{IsL}+", "1ab"}, {"\\p{N}+", "a1\u00bd"}, {"\\p{IsHan}+", "a\u65e5\u672c"}, {"\\p{S}+", "a+$b"}, {"\\p{LC}+", "1aB\u00e9"}, {"\\p{L1}+", "\u0416a\u00e9"}, {"\\p{javaLetterOrDigit}+", "-a1\u00e9"}, {"\\p{javaUpperCase}", "aB"}, {"\\p{IsIdeographic}", "a\u65e5"},
        // The dot and line ends.
        {".", "\n", "\r", "\u0085", "\u2028", "\u2029", "\u000b", "\uD83D\uDE00"}, {".+", "ab\ncd", "ab\r\ncd", "ab\u2028cd", ""}, {"(?s).+", "ab\ncd"}, {"a.b", "a\nb", "a\rb", "a b"}, {"(?s)a.b", "a\nb", "a\r\nb"}, {"(?d).+", "ab\r\ncd", "a\u0085"}, {"(?s:a.)b.", "a\nbc", "a\nb\n"}, {"(?-s)a.b", "a\nb"}, {"(?s)a(?-s).b", "a\nb"}, {"(.*)(\\r?\\n)", "ab\r\ncd\n"},
        {"^a", "a", "ba", "\na"}, {"a$", "a", "ab", "a\n", "a\r\n", "a\r", "a\u0085", "a\u2028", "a\n\n", "a\nb", "a\n\r"}, {"^$", "", "\n", "\r\n", "a"}, {"a\\Z", "a", "a\n", "a\r\n", "a\n\n", "ab"}, {"a\\z", "a", "a\n"}, {"\\Aa", "a", "ba", "\na"}, {"(?m)^a", "a", "b\na", "b\ra", "b\r\na", "b\u0085a", "b\u2028a"},
        {"(?m)a$", "a\nb", "a\rb", "a\r\nb", "a", "ab", "a\u0085b", "a\u2029", "a\n"}, {"(?m)^", "", "\n", "a\n", "a\nb\n", "a\r\nb"}, {"(?m)$", "", "\n", "a\n", "a\r\nb", "a\n\nb"}, {"(?m)^\\w+$", "ab\ncd\r\nef\n", "a b\n"}, {"(?m)^(\\w+)=(.*)$", "a=1\nb=2\r\nc=\n"}, {"(?md)a$", "a\rb", "a\r\n", "a\n"}, {"(?d)a$", "a\r\n", "a\n", "a\r"},
        {"(?m)\\Aa", "b\na"}, {"(?m)a\\z", "a\nb"}, {"(?m)a\\Z", "a\nb", "a\n"}, {"$\\n", "a\n"}, {"a$\\n?", "a\n"}, {"$^", "", "a"}, {"\\n$", "a\n", "a\n\n"}, {"\\r$", "a\r\n", "a\r"}, {".*$", "ab\n", "ab\r\n"}, {"(.+?)$", "ab\n", "a b\r\n"}, {"(?s)(.*)$", "ab\n"}, {"(?s).*\\Z", "ab\n"}, {"\\s*$", "ab \n", "ab"}, {"[^,]*$", "a,b\n", "a,b"},
        {"(a|b$)+", "ab\n", "ab"}, {"(?:x|$)", "a\n"}, {"^.*?$", "a\nb"}, {"(?m)^.*$", "a\nb\n", "a\r\nb\r\n"}, {"(?m)^\\s*$", "a\n\nb", "a\n  \n"}, {"(?m)(?<=^a)b", "ab\nab"}, {"(?=$)", "a\n"}, {"(?ms)^(.*?)$", "a\nb"},
        // Groups.
        {"(a)(b)?", "ab", "a", "b"}, {"(a|(b))+", "ab", "ba", "bb"}, {"(?<year>\\d{4})-(?<mon>\\d\\d)", "on 2024-05", "24-5"}, {"(?:ab)+", "ababx"}, {"((a)|(b))*", "aba", "c"}, {"(a*)*", "aab", "b"}, {"(a*)+", "b", "aa"}, {"(a|b*)*", "abba"}, {"(?:(a)|b)*", "ab", "ba"}, {"()", "a"}, {"(|a)b", "ab", "b"}, {"(a|)b", "ab"}, {"a||b", "b"}, {"(a(b(c)?)?)?d", "abcd", "abd", "ad", "d"},
        {"(\\w+)\\s+(\\w+)", "hello big world"}, {"(a+)(a*)", "aaa"}, {"(a+?)(a*)", "aaa"}, {"(?<A>a)|(?<B>b)", "b"}, {"(foo|foobar)(bar)?", "foobar"}, {"(a|ab)(c|bcd)(d*)", "abcd"}, {"(?i)user[:=](?<user>\\S+)", "USER=Ann x", "user: b"},
        // Quantifiers.
        {"a?", "a", "", "b"}, {"a??b", "ab", "b"}, {"a*?b", "aab"}, {"a+?", "aaa"}, {"a{2}", "aaaa", "a"}, {"a{2,}", "aaaaa"}, {"a{1,2}?", "aaa"}, {"a{0}b", "ab"}, {"a{2}{2}", "aaaaa"}, {"a{2,3}b", "ab", "aaaab"}, {"(ab){2}", "ababab"}, {".*b", "abab c"}, {".*?b", "abab"}, {"<.+>", "<a><b>"}, {"<.+?>", "<a><b>"}, {"<[^>]+>", "<a><b>"}, {"x*", "axb"}, {"(?:a|b)??c", "ac"},
        {"a*+b", "aab"}, {"a*+a", "aaa"}, {"a++b", "aab"}, {"a?+a", "a", "aa"}, {"a{1,2}+a", "aa", "aaa"}, {"\".*+\"", "\"a\"b"}, {"\"[^\"]*+\"", "\"a\"b"}, {"(?>a|ab)c", "abc", "ac"}, {"(?>a+)b", "aab"}, {"(\\w++)@", "ab@c"}, {"(?:a|b)*+c", "ababc"}, {"(a+|b)*+c", "aabc"}, {"x{2}+x", "xxx"}, {"(?>x*)x", "xx"}, {"(?>(a*)b)c", "aabc"}, {"(\\d+)++x", "12x"},
        // Look-around.
        {"a(?=b)", "ab", "ac"}, {"a(?!b)", "ab", "ac", "a"}, {"(?<=a)b", "ab", "cb"}, {"(?<!a)b", "ab", "cb", "b"}, {"(?<=\\$)\\d+", "$12 13"}, {"(?<=id=)\\w+(?=;)", "id=ab; x=1;"}, {"(?<=a{1,3})b", "aab", "b"}, {"(?<=ab|c)d", "abd", "cd", "bd"}, {"(?<![\\w.])\\d+", "a1 2 .3 4"}, {"(?=(a+))a*b\\1", "baaabac"}, {"(?!foo)\\w{3}", "foobar"}, {"^(?!.*error).*$", "all fine", "an error", "ok\nerror"},
        {"^(?=.*a)(?=.*b).+$", "xbxa", "xa"}, {"(?<=^|,)[^,]*", "a,,b"}, {"(?<=\\s)\\S+$", "a b c", "a b\n"}, {"\\w+(?=\\s*=)", "key = v"}, {"(?<=(a))b", "ab"}, {"(?=(\\w))\\1", "a"}, {"(?<!\\d)\\d{3}(?!\\d)", "1234 567"}, {"(?<=\\\\)[^\\\\]+$", "C:\\a\\b.exe"}, {"(?:(?!end).)*", "abc end"}, {"(?<=\\bfoo )bar", "foo bar"}, {"(?<=a)(?<=b)", "ab"}, {"a(?=b(?=c))", "abc", "abd"}, {"(?<!^)b", "bb"},
        // Back-references.
        {"(\\w)\\1", "abbc", "abc"}, {"(['\"])(.*?)\\1", "say 'hi' \"x\"", "'a\""}, {"(?<q>[ab])\\k<q>", "abaa"}, {"(a)?\\1b", "aab", "b"}, {"(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)\\10", "abcdefghijj", "abcdefghija0"}, {"(a)\\11", "aa1", "a"}, {"(?i)(a)\\1", "aA"}, {"(a\\1)", "aa"}, {"(a|b)\\1+", "abb"}, {"\\1(a)", "aa"}, {"(a)\\2", "aa"}, {"^(.+)\\1$", "abab", "aba"}, {"(\\w+) \\1", "the the cat"}, {"(a)\\1\\1", "aaa"}, {"<(\\w+)>.*?</\\1>", "<b>x</b>"},
        // Flags.
        {"(?i)abc", "ABC", "aBc"}, {"a(?i)b", "aB", "AB"}, {"a(?i)b|c", "aB", "C"}, {"(a(?i)b)c", "aBc", "aBC"}, {"(?i:a)b", "Ab", "AB"}, {"(?i)a(?-i)b", "Ab", "AB"}, {"(?i-s)a.", "A\n", "Ax"}, {"(?i)[a-c]+", "ABC"}, {"(?i)[^a]", "A", "b"}, {"(?i)\\u00e9", "\u00c9", "\u00e9"}, {"(?iu)\\u00e9", "\u00c9"}, {"(?i)\u00e4", "\u00c4"}, {"(?i)k", "\u212a", "K"}, {"(?i)\\x41", "a"}, {"(?i)\\Qa\\E", "A"}, {"(?x)a b # c\n d", "abd", "a b"}, {"(?x)[a b]+", "ab a"}, {"(?x)a\\ b", "a b"},
        {"(?x) ( \\d+ ) \\s ( \\w ) ", "12 x"}, {"(?U)\\w+", "caf\u00e9"}, {"(?U)\\d+", "\u0661"}, {"(?U)\\s", "\u00a0"}, {"(?U)\\p{Lower}+", "A\u00e9"}, {"(?i)(?<e>error|warn)", "ERROR"}, {"(?<e>(?i)error)x", "ERRORx", "ERRORX"}, {"((?i)a)b", "Ab", "AB"}, {"(?i)a|b(?-i)c", "A", "Bc", "BC"}, {"a(?s:.)b", "a\nb"}, {"(?i)ss", "\u00df"}, {"x(?i)y(?-i:z)w", "xYzW", "xYZw"}, {"(?im)^B$", "a\nb\nc"}, {"(?:(?i)a)b", "Ab", "AB"}, {"(?i)[A-Z&&[^B]]+", "abc"}, {"(?i)\\p{Lower}", "A"}, {"(?i)\\p{Lu}", "a"},
        // Word boundaries.
        {"\\bfoo\\b", "a foo b", "foobar", "foo_", "\u00e9foo", "foo-", "foo\u00e9", "foo\u0301"}, {"\\Boo\\b", "foo"}, {"\\b", "ab c", "", "\u65e5\u672c"}, {"\\B", "ab", ""}, {"\\b\\w+\\b", "caf\u00e9 ab", "\u00e9t\u00e9"}, {"\\b\\d+\\b", "12 a3 4.5"}, {"\\bid\\b=", "id=1", "uid=1"}, {"x\\b", "x1", "x ", "x\u0661"},
        // As in queries.
        {"(?<ip>\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3})", "from 192.0.2.7 port 22"}, {"\"(?<method>[A-Z]+)\\s+(?<url>\\S+)\\s+HTTP/[\\d\\.]+\"\\s+(?<status>\\d+)\\s+(?<size>[\\d-]+)", "- \"GET /a HTTP/1.1\" 200 - \"x\""}, {"Account Name:\\s+(?<user>.+)", "Subject:\r\n\tAccount Name:\t\tann\r\n\tDomain:\tX\r\n"},
        {"(?<key>\\w+)=(?<value>\"[^\"]*\"|\\S+)", "a=1 b=\"x y\" c="}, {"\\[(?<level>INFO|WARN|ERROR)\\]\\s*(?<msg>.*?)\\s*$", "x [WARN] disk low  ", "x [INFO] ok\n"}, {"(?<file>[^\\\\]+)$", "C:\\Windows\\cmd.exe", "cmd.exe"}, {"(?i)^(?:select|insert)\\b.*?\\bfrom\\s+(?<t>\\w+)", "Select a, b FROM users where x"}, {"(?<a>[a-z]+)(?:-(?<b>\\d+))?", "ab-12 cd"},
        {"^(?<d>\\d{4}-\\d{2}-\\d{2})[T ](?<t>\\d{2}:\\d{2}:\\d{2}(?:\\.\\d+)?)(?<z>Z|[+-]\\d{2}:?\\d{2})?", "2024-05-14T08:00:00.123Z x", "2024-05-14 08:00:00"}, {"<Data Name='Image'>(?<i>[^<]*)</Data>", "<Data Name='Image'>C:\\a.exe</Data>"}, {"\\$(?<amount>\\d+(?:,\\d{3})*\\.\\d\\d)", "cost $1,234.50"}, {"(?:^|&)q=(?<q>[^&]*)", "a=1&q=x%20y&z"},
        {"([a-f\\d]{8}-(?:[a-f\\d]{4}-){3}[a-f\\d]{12})", "id 123e4567-e89b-12d3-a456-426614174000."}, {"(?s)BEGIN(.*?)END", "BEGIN\na\nb\nEND END"}, {"\\\\Users\\\\(?<u>[^\\\\]+)\\\\", "C:\\Users\\ann\\x"}, {"(?<h>(?:[\\w-]+\\.)+[a-z]{2,})", "see www.ex-ample.org/x"}, {"\\{(?<body>[^{}]*)\\}", "a {b} {c}"}, {"\\((?<n>\\d+)\\)", "f(12)"}, {"x{", "x{"}, {"{x}", "{x}"}, {"x{,3}", "x{,3}"}, {"[a[b]+", "a[b"}, {"[[:alpha:]]+", "ab1:"},
    };

    static final String[] ATOMS = {"a", "b", "c", ".", "\\d", "\\w", "\\s", "[ab]", "[^a]", "[a-c&&[^b]]", "x", "1", "_", "-", "\u00e9", "\\b", "^", "$", "(?=a)", "(?!b)", "(?<=a)", "(?<!b)", "\\W", "\\S", "\\R", "\\h", "[\\w-]", "\\n", "(?i)", "(?s)", "(?m)", "\\Z", "\\p{L}", "[^\\n]", "\\B", "\\D"};
    static final String[] QUANTIFIERS = {"", "", "", "", "", "*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,2}?", "*+", "++", "?+"};
    static final String ALPHABET = "aabbcAB1_- \n\r\u00e9x";

    static String random(Random r, int depth, int[] groups) {
        StringBuilder b = new StringBuilder();
        for (int i = 1 + r.nextInt(4); i > 0; i--) {
            int kind = r.nextInt(10);
            String atom;
            if (kind == 0 && depth > 0) { groups[0]++; atom = "(" + random(r, depth - 1, groups) + ")"; }
            else if (kind == 1 && depth > 0) atom = "(?:" + random(r, depth - 1, groups) + "|" + random(r, depth - 1, groups) + ")";
            else if (kind == 2 && groups[0] > 0 && r.nextInt(3) == 0) atom = "\\" + (1 + r.nextInt(groups[0]));
            else atom = ATOMS[r.nextInt(ATOMS.length)];
            // What stands for a place and flags are not repeated.
            boolean place = atom.matches("\\\\[bBZ]|[\\^$]|\\(\\?[=!<i sm].*");
            b.append(atom).append(place ? "" : QUANTIFIERS[r.nextInt(QUANTIFIERS.length)]);
        }
        return b.toString();
    }

    static String quote(String s) {
        StringBuilder b = new StringBuilder();
        for (int c : s.codePoints().toArray()) {
            if (c == '\\') b.append("\\\\");
            else if (c == '\t') b.append("\\t");
            else if (c == '\n') b.append("\\n");
            else if (c == '\r') b.append("\\r");
            else if (c < ' ' || c == 0x7f || c == 0x85 || c == 0xa0 || c == 0x180e || c >= 0x2000 && c < 0x2030 || c == 0x3000 || c >= 0x300 && c < 0x370) b.append("\\u{").append(Integer.toHexString(c)).append('}');
            else b.appendCodePoint(c);
        }
        return b.toString();
    }

    /** A line for each text: the text, then the groups of each match, `\0` for one that took no part. */
    static void write(PrintWriter out, String pattern, Collection<String> texts) {
        Pattern p;
        try {
            p = Pattern.compile(pattern);
        } catch (PatternSyntaxException e) {
            out.println("pattern\t" + quote(pattern) + "\trefused");
            return;
        }
        Matcher m = p.matcher("");
        out.println("pattern\t" + quote(pattern) + "\t" + m.groupCount());
        for (String text : texts) {
            StringBuilder b = new StringBuilder(quote(text));
            m.reset(text);
            while (m.find())
                for (int g = 0; g <= m.groupCount(); g++) b.append('\t').append(m.group(g) == null ? "\\0" : quote(m.group(g)));
            out.println(b);
        }
    }

    public static void main(String[] unused) throws Exception {
        Random r = new Random(4);
        try (PrintWriter out = new PrintWriter("regex.tsv", StandardCharsets.UTF_8)) {
            for (String[] c : CASES) write(out, c[0], Arrays.asList(c).subList(1, c.length));
            for (int i = 0; i < 1500; i++) {
                String pattern = random(r, 2, new int[1]);
                Set<String> texts = new LinkedHashSet<>();
                for (int k = 0; k < 4; k++) {
                    StringBuilder b = new StringBuilder();
                    for (int n = r.nextInt(9); n > 0; n--) b.append(ALPHABET.charAt(r.nextInt(ALPHABET.length())));
                    if (k == 3) b.append(r.nextBoolean() ? "\n" : "\r\n");
                    texts.add(b.toString());
                }
                write(out, pattern, texts);
            }
        }
    }
}
