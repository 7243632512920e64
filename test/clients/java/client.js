import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { scripted } from '../support/kinds.js';
import { must, run } from '../support/programs.js';

/** Compiles the flow and one client; returns the version of Java and the commands of the script and of the page. */
async function compile(cwd, source, libraries = []) {
  const classpath = ['classes', ...libraries].join(':');
  await must('javac', ['-cp', classpath, '-d', 'classes', 'Life.java', source], { cwd });
  const { version } = /"(?<version>[^"]+)"/.exec((await run('java', ['-version'])).output).groups;
  const java = ['java', '-cp', classpath];
  return {
    version: `Java ${version}`,
    command: [...java, source.replace('.java', '')],
    paste: [...java, `Page${source}`],
  };
}

export default [
  scripted({
    name: 'java-apache',
    breaks: ['bodyTooLarge'],
    page: 'import org.apache.hc',
    did: "Apache HttpClient 5, digest: a link's life",
    async build(cwd) {
      const copy = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
      await must('mvn', ['--batch-mode', '--quiet', copy, '-DoutputDirectory=lib'], { cwd });
      const { version, ...commands } = await compile(cwd, 'Apache.java', ['lib/*']);
      const [, client] = /<artifactId>httpclient5<.*?<version>(.*?)</s.exec(
        await readFile(join(cwd, 'pom.xml'), 'utf8'),
      );
      return { version: `${client}, ${version}`, ...commands };
    },
  }),
  scripted({
    name: 'java-net-http',
    page: 'import java.net.http.HttpClient',
    did: "java.net.http, token: a link's life",
    build: (cwd) => compile(cwd, 'NetHttp.java'),
  }),
];
