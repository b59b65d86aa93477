import { type FieldValues, fieldsOf } from '../../layout.ts';

/** Length of one power state descriptor in bytes; Identify Controller holds 32 of them. */
export const powerStateDescriptorLength = 32;
export const powerStateDescriptorCount = 32;

/** Fields of one power state descriptor, offsets from its own start (NVMe Base 2.1, 5.1.13, CNS 01h). */
export const powerStateDescriptorFields = fieldsOf(
  'NVMe Base 2.1, 5.1.13 (CNS 01h, power state descriptor)',
  [
    ['mp', 0, 2, 'unsigned', 'Maximum Power'],
    [
      'flags',
      3,
      1,
      'unsigned',
      'Maximum Power Scale and Non-Operational State',
      {
        bits: [
          { bit: 0, mnemonic: 'MXPS', title: 'Maximum power in 0.0001 W' },
          { bit: 1, mnemonic: 'NOPS', title: 'Non-operational state' },
        ],
      },
    ],
    ['enlat', 4, 4, 'unsigned', 'Entry Latency in microseconds'],
    ['exlat', 8, 4, 'unsigned', 'Exit Latency in microseconds'],
    ['rrt', 12, 1, 'unsigned', 'Relative Read Throughput'],
    ['rrl', 13, 1, 'unsigned', 'Relative Read Latency'],
    ['rwt', 14, 1, 'unsigned', 'Relative Write Throughput'],
    ['rwl', 15, 1, 'unsigned', 'Relative Write Latency'],
    ['idlp', 16, 2, 'unsigned', 'Idle Power'],
    ['ips', 18, 1, 'unsigned', 'Idle Power Scale in bits 7:6'],
    ['actp', 20, 2, 'unsigned', 'Active Power'],
    ['apws', 22, 1, 'unsigned', 'Active Power Workload in bits 2:0 and Scale in bits 7:6'],
    ['epfrt', 23, 1, 'unsigned', 'Emergency Power Fail Recovery Time'],
    ['fqvt', 24, 1, 'unsigned', 'Forced Quiescence Vault Time'],
    ['epfvt', 25, 1, 'unsigned', 'Emergency Power Fail Vault Time'],
    ['epfrfqs', 26, 1, 'unsigned', 'Recovery Time Scale in bits 3:0, Quiescence Time Scale in bits 7:4'],
    ['epfvts', 27, 1, 'unsigned', 'Emergency Power Fail Vault Time Scale in bits 3:0'],
  ],
);

export type PowerStateDescriptor = FieldValues<typeof powerStateDescriptorFields>;
