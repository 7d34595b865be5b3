"""Checks every shell block of the documents with shellcheck, and every AWS CLI command in them with the AWS CLI's own
parser and botocore's parameter validation, without sending anything. Prints one line per finding and the number of
checks; exits with 1 for findings. Arguments: the Markdown files, relative to the current folder.
"""
import contextlib
import io
import json
import os
import re
import subprocess
import sys
import tempfile

import tree_sitter_bash
from awscli.clidriver import create_clidriver
from tree_sitter import Language, Parser

PARSER = Parser(Language(tree_sitter_bash.language()))
FENCE = re.compile(r'^(\s*)```(\w*)\s*$')
INLINE = re.compile(r'`(aws [a-z][^`]+)`')
# `<queue>` and `…` in a document stand for a value, which is read as that of a variable.
PLACEHOLDER = re.compile(r"<[A-Za-z][\w .’'/-]*>|(?<=[=\s\"'])…")
# What a value that is known only at run time becomes: valid as text, as a number and as a time.
UNKNOWN = '1'
# Likewise where the value, or a part of it, must have another form.
UNKNOWN_IN = {'--query': 'x', '--suspended-state': 'true'}
UNKNOWN_OF = {
    '--region': 'eu-west-1',
    '--metadata': '{}',
    '--uuid': '00000000-0000-0000-0000-000000000000',
}
# Options whose file contains a list.
LISTS = {'--resources-to-import'}
# Options of the AWS CLI version 2 that version 1, which PyPI has, does not know.
SECOND_VERSION = {'--cli-binary-format': 1}
# Options of `aws logs tail`, a command of version 2, with their number of values.
TAIL = {'--since': 1, '--follow': 0, '--filter-pattern': 1, '--format': 1}


class Accepted(BaseException):
    """The request is valid and would be sent now."""


def accept(**_):
    raise Accepted('valid')


def blocks(text):
    """Yields language, first line number and content of each fenced block."""
    language, start, lines = None, 0, []
    for number, line in enumerate(text.split('\n'), 1):
        fence = FENCE.match(line)
        if fence and language is None:
            language, start, lines, indent = fence[2], number + 1, [], len(fence[1])
        elif fence:
            yield language, start, '\n'.join(lines) + '\n'
            language = None
        elif language is not None:
            lines.append(line[indent:])


class Script:
    """A parsed shell script that finds its AWS CLI commands with the words of each."""

    def __init__(self, source):
        # The parser does not find `$b` in `$a-$b`, but `${b}`.
        self.source = re.sub(r'\$(\w+)', r'${\1}', source).encode()
        self.root = PARSER.parse(self.source).root_node
        self.variables = {}
        for node in self.nodes('variable_assignment'):
            value = node.child_by_field_name('value')
            name = self.text(node.child_by_field_name('name'))
            # What a command prints depends on the run.
            if value is not None and value.type in ('word', 'string', 'raw_string'):
                self.variables[name] = self.words(value)

    def nodes(self, kind):
        pending = [self.root]
        while pending:
            node = pending.pop(0)
            if node.type == kind:
                yield node
            pending[:0] = node.children

    def text(self, node):
        return self.source[node.start_byte:node.end_byte].decode()

    def words(self, node, unknown=UNKNOWN):
        """The words that the shell would pass for one argument."""
        of = lambda parts: ''.join(' '.join(self.words(part, unknown)) for part in parts)
        if node.type == 'raw_string':
            return [self.text(node)[1:-1]]
        if node.type == 'string':
            return [of(node.named_children)]
        if node.type == 'concatenation':
            return of(node.named_children).split()
        if node.type in ('simple_expansion', 'expansion'):
            name = next((self.text(part) for part in node.named_children if part.type == 'variable_name'), '')
            return ' '.join(self.variables.get(name, [unknown])).split()
        if node.type == 'command_substitution':
            return [unknown]
        return [re.sub(r'\\(.)', r'\1', self.text(node), flags=re.S)]

    def aws_commands(self):
        for node in self.nodes('command'):
            name = node.child_by_field_name('name')
            if name is None or self.text(name) != 'aws':
                continue
            arguments = []
            for part in node.children_by_field_name('argument'):
                arguments += self.words(part, UNKNOWN_IN.get(arguments[-1], UNKNOWN) if arguments else UNKNOWN)
            for index, option in enumerate(arguments[:-1]):
                if arguments[index + 1] == UNKNOWN:
                    arguments[index + 1] = UNKNOWN_OF.get(option, UNKNOWN)
            yield node.start_point[0], arguments


def without(arguments, options):
    kept, skip = [], 0
    for argument in arguments:
        if skip:
            skip -= 1
        elif argument in options:
            skip = options[argument]
        else:
            kept.append(argument)
    return kept


def complaint(driver, arguments, is_mention):
    """What is wrong with a command, or None. A mention names a command without all its options."""
    if '--payload' in arguments and '--cli-binary-format' not in arguments:
        return 'version 2 reads --payload as base64 without --cli-binary-format raw-in-base64-out'
    arguments = without(arguments, SECOND_VERSION)
    if arguments[:2] == ['logs', 'tail']:
        unknown = [word for word in without(arguments, TAIL) if word.startswith('--') and word != '--region']
        return f'aws logs tail has no {unknown[0]}' if unknown else None
    # Files and folders exist only when an operator follows the document.
    for word in arguments[2:] if arguments[0] == 's3' else []:
        if not word.startswith(('-', 's3://')):
            os.makedirs(word, exist_ok=True)
    before = ['', *arguments]
    arguments = [re.sub('^file://.*', '[]' if before[index] in LISTS else '{}', word) for index, word in enumerate(arguments)]
    output = io.StringIO()
    try:
        with contextlib.redirect_stderr(output), contextlib.redirect_stdout(output):
            status = driver.main(arguments)
    except Accepted:
        return None
    except SystemExit as exit:
        status = exit.code
    said = ' '.join(output.getvalue().split())
    # `aws s3` sends requests in threads and reports what they raise.
    if status == 0 or said == 'fatal error: valid' or (is_mention and re.search('arguments are required', said)):
        return None
    return said[-300:] or f'exit {status}'


def shellcheck(path, script, start):
    command = [os.path.join(os.path.dirname(sys.executable), 'shellcheck'), '--shell', 'bash', '--severity', 'warning']
    # Variables are set in one block of a document and used in another; unquoted substitutions are single words or lists.
    ran = subprocess.run([*command, '--exclude', 'SC2034,SC2154,SC2046', '--format', 'json', '-'], input=script, capture_output=True, text=True)
    for finding in json.loads(ran.stdout or '[]'):
        yield f"{path}:{finding['line'] + start - 1}: shellcheck SC{finding['code']} {finding['message']}"


def main(files, scratch):
    os.environ.update(AWS_ACCESS_KEY_ID='none', AWS_SECRET_ACCESS_KEY='none', AWS_DEFAULT_REGION='eu-west-1', AWS_EC2_METADATA_DISABLED='true')
    driver = create_clidriver()
    driver.session.register('before-call', accept)
    found, counts = [], {'blocks': 0, 'commands': 0}
    for path in files:
        with open(path, encoding='utf8') as file:
            text = file.read()
        for language, start, content in blocks(text):
            if language == '' and re.search(r'^\s*aws [a-z]', content, re.M):
                found.append(f'{path}:{start}: a block with AWS CLI commands is not marked as sh')
            if language != 'sh':
                continue
            script = PLACEHOLDER.sub('${placeholder}', content)
            counts['blocks'] += 1
            found.extend(shellcheck(path, script, start))
        inline = [(text[:match.start()].count('\n') + 1, match[1], match[1].endswith('…') or len(match[1].split()) <= 3) for match in INLINE.finditer(text)]
        for start, source, is_mention in [(1, shell_text(text), False), *inline]:
            script = Script(PLACEHOLDER.sub('${placeholder}', source))
            for row, arguments in script.aws_commands():
                counts['commands'] += 1
                with contextlib.chdir(scratch):
                    wrong = complaint(driver, arguments, is_mention)
                if wrong:
                    found.append(f"{path}:{start + row}: aws {' '.join(arguments[:2])}: {wrong}")
    for line in found:
        print(line)
    print(f"{counts['blocks']} shell blocks, {counts['commands']} AWS CLI commands, {len(found)} findings")
    # A check that matches nothing must not pass.
    return 1 if found or not counts['commands'] else 0


def shell_text(text):
    """The document with everything outside its shell blocks blank, so that variables and line numbers stay valid."""
    lines = [''] * (text.count('\n') + 1)
    for language, start, content in blocks(text):
        if language == 'sh':
            lines[start - 1:start - 1 + content.count('\n')] = content.split('\n')[:-1]
    return '\n'.join(lines)


if __name__ == '__main__':
    with tempfile.TemporaryDirectory() as temporary:
        sys.exit(main(sys.argv[1:], temporary))
