#!/usr/bin/env python3
"""One query in DuckDB or ClickHouse (chdb): peers.py duckdb|clickhouse QUERY FILE. Prints the rows as JSON."""
import json
import sys

tool, query, path = sys.argv[1:]
word = "w3wp.exe" if "sysmon" in path else "sqlmap"

# T1505, as SQL conditions on fields that are cut out of the line.
WEB = "w3wp.exe httpd.exe nginx.exe tomcat% java.exe php-cgi.exe perl.exe python.exe ruby.exe node.exe".split()
SHELLS = ("cmd powershell pwsh wscript cscript mshta rundll32 regsvr32 certutil net net1 whoami systeminfo nltest curl "
          "wget hostname ipconfig").split()
ROOTS = ["\\inetpub\\", "\\wwwroot\\", "\\htdocs\\", "\\webapps\\", "\\public_html\\", "/var/www/", "/srv/www/",
         "/usr/share/nginx/"]
KEYS = ["\\CurrentControlSet\\Services\\W3SVC", "\\SOFTWARE\\Microsoft\\InetStp", "\\CurrentControlSet\\Services\\WAS"]
ENDINGS = ".aspx .asp .php .jsp .jspx .cfm .ashx .asmx .phtml .shtml".split()
WRITERS = "msiexec setup devenv code explorer robocopy xcopy w3wp".split()
FIELDS = {"image": "Image", "pimage": "ParentImage", "cl": "CommandLine", "pcl": "ParentCommandLine",
          "tf": "TargetFilename", "tobj": "TargetObject", "det": "Details", "usr": "User", "comp": "Computer"}


def t1505(cut, like, source):
    def any_of(column, patterns):
        return "(" + " or ".join(f"{column} like {like(p)}" for p in patterns) + ")"
    exe = lambda names: [name + ".exe" for name in names]
    one = f"(eid='1' and {any_of('pimage', WEB)} and {any_of('image', exe(SHELLS))})"
    two = (f"(eid='11' and {any_of('tf', [r + '%' for r in ROOTS])} and {any_of('tf', ENDINGS)} and not "
           f"{any_of('image', exe(WRITERS))})")
    three = (f"(eid='13' and {any_of('tobj', [k + '%' for k in KEYS])} and {any_of('det', ['.dll'])} and not "
             f"{any_of('image', ['msiexec.exe', 'TrustedInstaller.exe', 'wusa.exe'])})")
    columns = cut("<EventID>", "</EventID>") + " eid," + ",".join(
        cut(f"<Data Name='{field}'>", "</Data>") + " " + name for name, field in FIELDS.items())
    return f"select * from (select {columns} from {source}) where eid in ('1','11','13') and ({one} or {two} or {three})"


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def escaped(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


if tool == "duckdb":
    import duckdb
    lines = (f"read_csv('{path}',columns={{'l':'VARCHAR'}},delim=E'\\x01',header=false,quote='',escape='',"
             "auto_detect=false,max_line_size=10000000)")
    objects = (f"read_json('{path}',format='newline_delimited',columns={{service:'VARCHAR',http:'STRUCT(status INT)',"
               "duration_ms:'DOUBLE'})")
    cut = lambda before, after: f"regexp_extract(l,{quoted(before + '([^<]*)' + after)},1)"
    sql = {
        "q1": f"select count(*) from {lines} where contains(lower(l),'{word}')",
        "q2": "select regexp_extract(l,'^(\\S+) - (\\S+) \\[([^\\]]*)\\] \"(\\S+) (\\S+) (\\S+)\" (\\S+) (\\S+) "
              f"\"([^\"]*)\" \"([^\"]*)\"',7), count(*) from {lines} group by 1",
        "q2r": "select regexp_extract(l,'^(\\S+) ',1), regexp_extract(l,'\" (5\\d\\d) ',1), count(*) n from "
               f"{lines} where regexp_matches(l,'\" 5\\d\\d ') group by 1,2 order by 3 desc limit 10",
        "q3": "select service, count(*), avg(duration_ms), quantile_cont(duration_ms,0.95) from "
              f"{objects} where http.status>=500 group by 1",
        "q4": t1505(cut, lambda p: quoted("%" + p), lines),
        "q5": "select time_bucket(interval 5 minute, strptime(substr(l,strpos(l,'[')+1,20),'%d/%b/%Y:%H:%M:%S')), "
              f"count(*) from {lines} group by 1",
        "q5x": "select time_bucket(interval 5 minute, try_cast(regexp_extract(l,'SystemTime=''([^'']*)''',1) as "
               f"timestamp)), count(*) from {lines} group by 1",
        "q6": f"select count(distinct regexp_extract(l,'^(\\S+)',1)) from {lines}",
        "q6t": f"select regexp_extract(l,'\"\\S+ (\\S+)',1), count(*) n from {lines} group by 1 order by 2 desc limit 10",
        "q6x": "select regexp_extract(l,'<Data Name=''Image''>([^<]*)<',1) i, count(*) n from "
               f"{lines} where l like '%<Data Name=''Image''>%' group by 1 order by 2 desc limit 10",
    }
    rows = duckdb.connect().execute(sql[query.removesuffix("w")]).fetchall()
else:
    import chdb
    lines = f"(select line l from file('{path}',LineAsString,'line String'))"
    objects = f"file('{path}',JSONEachRow,'service String, http Tuple(status Int32), duration_ms Float64')"
    cut = lambda before, after: f"extract(l,{escaped(before + '([^<]*)' + after)})"
    like = lambda p: escaped("%" + p.replace("\\", "\\\\").replace("_", "\\_"))
    access = r'^(\S+) - (\S+) \[([^\]]*)\] "(\S+) (\S+) (\S+)" (\S+) (\S+) "([^"]*)" "([^"]*)"'
    five = '" (5[0-9][0-9]) '
    sql = {
        "q1": f"select count() from {lines} where positionCaseInsensitive(l,'{word}')>0",
        "q2": f"select regexpExtract(l,{escaped(access)},7), count() from {lines} group by 1",
        "q2r": f"select splitByChar(' ',l)[1], extract(l,{escaped(five)}), count() n from {lines} where "
               f"match(l,{escaped(five)}) group by 1,2 order by 3 desc limit 10",
        "q3": f"select service, count(), avg(duration_ms), quantile(0.95)(duration_ms) from {objects} where "
              "http.status>=500 group by 1 settings input_format_skip_unknown_fields=1",
        "q4": t1505(cut, like, lines),
        "q5": "select toStartOfInterval(parseDateTime(substring(l,position(l,'[')+1,20),'%d/%b/%Y:%H:%i:%s'),interval 5 "
              f"minute), count() from {lines} group by 1",
        "q5x": "select toStartOfInterval(parseDateTimeBestEffort(extract(l,'SystemTime=\\'([^\\'.]*)')),interval 5 "
               f"minute), count() from {lines} group by 1",
        "q6": f"select uniqExact(substring(l,1,position(l,' ')-1)) from {lines}",
        "q6t": f"select splitByChar(' ',l)[7], count() n from {lines} group by 1 order by 2 desc limit 10",
        "q6x": f"select extract(l,'<Data Name=\\'Image\\'>([^<]*)<') i, count() n from {lines} where i != '' group by 1 "
               "order by 2 desc limit 10",
    }
    out = str(chdb.query(sql[query.removesuffix("w")], "JSONCompactEachRow"))
    rows = [json.loads(line) for line in out.splitlines() if line.strip()]
print(json.dumps([list(row) for row in rows], default=str))
